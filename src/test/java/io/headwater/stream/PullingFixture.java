package io.headwater.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.media.Frame;
import io.headwater.media.StreamKey;
import io.headwater.media.Tracks;
import io.headwater.net.Counters;
import io.headwater.topology.Feed;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import io.headwater.topology.Role;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/** A node that gets its streams from other nodes, which the test plays. */
abstract class PullingFixture {
    static final StreamKey KEY = new StreamKey("live", "x");
    static final long LONG_AGO = 1;

    final ManualTimers timers = new ManualTimers();
    final FakeDirectory directory = new FakeDirectory();
    final FakeUpstream upstream = new FakeUpstream();
    final Counters counters = new Counters();
    final Loop loop = new Loop();
    final StreamHubs hubs = new StreamHubs(
            new NodeId("me"), HubSettings.defaults(), directory, upstream, counters, timers, new java.util.Random(1));

    @AfterEach
    void nothingIsLeftBehind() {
        hubs.close();
        loop.run();
        assertEquals(new StreamHubs.Usage(0, 0, 0, 0, 0, 0), hubs.usage());
        assertEquals(List.of(), upstream.openNow());
    }

    static Peer peer(String node) {
        return new Peer(new NodeId(node), new NodeGroup("g"), "host-" + node, 5000);
    }

    static Feed peers(long epoch, String... nodes) {
        return new Feed.Peers(
                epoch, Role.EDGE, Stream.of(nodes).map(PullingFixture::peer).toList());
    }

    Watcher watch() {
        Watcher watcher = new Watcher();
        watcher.on(hubs.subscribe(KEY, SubscribeRequest.viewer("http-flv", "9.9.9.9:1"), loop, watcher));
        loop.run();
        return watcher;
    }

    void frames(FakeUpstream.Opened from, long epoch, long first, long last) {
        for (long n = first; n <= last; n++) {
            from.sink.onFrame(TestFrames.picture(epoch, n, 10));
            loop.run();
        }
    }

    /** A viewer of a stream that comes from {@code a}, with {@code b} and {@code c} to fall back on. */
    Watcher running(long epoch, long last) {
        Watcher watcher = watch();
        directory.answer(peers(epoch, "a", "b", "c"));
        FakeUpstream.Opened a = upstream.last();
        assertEquals("a", a.peer.node().name());
        a.welcome(epoch, false, "origin", "a");
        a.sink.onTracks(Tracks.NONE.with(TestFrames.VIDEO));
        frames(a, epoch, 0, last);
        assertEquals(last + 1, watcher.seen.size());
        return watcher;
    }

    static void contiguous(Watcher watcher) {
        Map<Long, Long> lastOf = new HashMap<>();
        long lastDts = -1;
        for (Entry entry : watcher.seen) {
            Frame frame = entry.frame();
            Long before = lastOf.put(frame.epoch(), frame.sequence());
            assertTrue(before == null || before + 1 == frame.sequence(), watcher.story());
            assertTrue(entry.dtsUs() > lastDts, "time fell to " + entry.dtsUs());
            lastDts = entry.dtsUs();
        }
    }

    String lastCall() {
        return directory.calls.get(directory.calls.size() - 1);
    }

    void begins(FakeUpstream.Opened from, Watcher watcher) {
        from.welcome(1, false, "origin", from.peer.node().name());
        from.sink.onTracks(Tracks.NONE.with(TestFrames.VIDEO));
        frames(from, 1, 0, 3);
        assertEquals(4, watcher.seen.size());
    }
}
