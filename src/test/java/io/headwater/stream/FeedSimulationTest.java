package io.headwater.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.media.Frame;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.topology.Feed;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import io.headwater.topology.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A viewer of a stream whose peers are killed, hang and come back, whose directory changes its mind and whose publisher
 * moves, all at random: the viewer sees every frame of every epoch once and in order.
 */
class FeedSimulationTest {
    private static final StreamKey KEY = new StreamKey("live", "x");
    private static final int PEERS = 4;
    private static final int STEP_MS = 10;

    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(300).boxed();
    }

    private enum State {
        UP,
        /** Connections stay open and deliver nothing, until it goes on with what it owes. */
        HUNG,
        DOWN
    }

    private final ManualTimers timers = new ManualTimers();
    private final FakeDirectory directory = new FakeDirectory();
    private final List<Link> links = new ArrayList<>();
    private final List<Frame> published = new ArrayList<>();
    private final State[] states = new State[PEERS];
    private final long[] lagMs = new long[PEERS];
    private SplittableRandom random = new SplittableRandom(0);
    private int mostOpen;
    private long epoch = 1;
    private long epochStart;

    private final class Link implements Upstream.Link {
        private final int peer;
        private final Upstream.Request request;
        private final Upstream.Sink sink;
        private final long openedAt = timers.nowMs();
        private int at = -1;
        private long spokeAt;
        private boolean closed;

        Link(Peer peer, Upstream.Request request, Upstream.Sink sink) {
            this.peer = Integer.parseInt(peer.node().name());
            this.request = request;
            this.sink = sink;
        }

        @Override
        public void close() {
            closed = true;
        }

        void step() {
            if (closed) {
                return;
            }
            if (states[peer] == State.DOWN) {
                closed = true;
                sink.onClosed(new Upstream.Closed(Upstream.Closed.Kind.BROKEN, "down"));
            } else if (states[peer] == State.UP && timers.nowMs() - openedAt >= lagMs[peer]) {
                deliver();
            }
        }

        private void deliver() {
            if (at < 0 && !welcome()) {
                return;
            }
            // what was published up to the peer's lag ago
            long until = published.size() - lagMs[peer] / 40;
            while (at < until && !closed) {
                Frame frame = published.get(at++);
                sink.onFrame(frame);
                spokeAt = timers.nowMs();
            }
            if (timers.nowMs() - spokeAt >= 100 && !closed) {
                sink.onAlive();
                spokeAt = timers.nowMs();
            }
        }

        private boolean welcome() {
            if (published.isEmpty()) {
                return false;
            }
            boolean resumes = request.afterSequence() >= 0;
            at = 0;
            while (resumes
                    && at < published.size()
                    && (published.get(at).epoch() < request.epoch()
                            || (published.get(at).epoch() == request.epoch()
                                    && published.get(at).sequence() <= request.afterSequence()))) {
                at++;
            }
            if (!resumes) {
                at = published.size() - 1 - (int) ((published.size() - 1 - epochStart) % 10);
            }
            long first = at < published.size() ? published.get(at).epoch() : epoch;
            sink.onWelcome(first, resumes, List.of(new NodeId("origin"), new NodeId("" + peer)));
            spokeAt = timers.nowMs();
            return true;
        }
    }

    private Feed.Peers feed() {
        List<Peer> peers = new ArrayList<>();
        int first = random.nextInt(PEERS);
        int count = 1 + random.nextInt(PEERS);
        for (int i = 0; i < count; i++) {
            int node = (first + i) % PEERS;
            peers.add(new Peer(new NodeId("" + node), new NodeGroup("g"), "host", 5000 + node));
        }
        return new Feed.Peers(epoch, Role.EDGE, peers);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyFrameArrivesOnceAndInOrderWhateverFails(long seed) {
        random = new SplittableRandom(seed);
        for (int i = 0; i < PEERS; i++) {
            states[i] = State.UP;
            lagMs[i] = random.nextLong(10, 160);
        }
        Upstream upstream = (peer, request, sink) -> {
            Link link = new Link(peer, request, sink);
            links.add(link);
            return link;
        };
        Loop loop = new Loop();
        StreamHubs hubs = new StreamHubs(
                new NodeId("me"),
                HubSettings.defaults(),
                directory,
                upstream,
                new Counters(),
                timers,
                new java.util.Random(seed));
        Watcher watcher = new Watcher();
        watcher.on(hubs.subscribe(KEY, SubscribeRequest.viewer("rtmp", "v"), loop, watcher));

        long quietUntil = 0;
        // a move to a better peer that has just begun is given its time
        for (int step = 0; step < 3_000 || (links.size() > 1 && step < 3_300); step++) {
            boolean calm = step > 2_300;
            if (calm) {
                java.util.Arrays.fill(states, State.UP);
            } else if (random.nextInt(60) == 0) {
                happens();
            }
            if (!calm && random.nextInt(800) == 0) {
                quietUntil = timers.nowMs() + random.nextInt(4_000);
                if (random.nextBoolean()) {
                    epoch++;
                    epochStart = published.size();
                }
            }
            if (step % 4 == 0 && timers.nowMs() >= quietUntil) {
                long n = published.size() - epochStart;
                published.add(TestFrames.picture(epoch, n, 10));
            }
            List.copyOf(links).forEach(Link::step);
            links.removeIf(link -> link.closed);
            mostOpen = Math.max(mostOpen, links.size());
            if (!directory.plays.get(directory.plays.size() - 1).isDone() && random.nextInt(3) == 0) {
                directory.answer(feed());
            }
            loop.run();
            timers.pass(STEP_MS);
        }

        assertTrue(watcher.ends.isEmpty(), () -> watcher.ends.toString());
        assertTrue(mostOpen <= 2, "links open at once: " + mostOpen);
        assertEquals(1, links.size(), "links open in calm times");
        int first = published.indexOf(watcher.seen.get(0).frame());
        int last = published.size();
        assertTrue(first <= 60, "starts at " + first);
        List<Frame> due = published.subList(first, last - 20);
        List<Frame> seen = watcher.seen.stream().map(Entry::frame).toList();
        assertTrue(seen.size() >= due.size(), () -> "saw " + seen.size() + " of " + due.size());
        assertEquals(due, seen.subList(0, due.size()));
        long before = -1;
        for (Entry entry : watcher.seen) {
            assertTrue(entry.dtsUs() > before, "time fell");
            before = entry.dtsUs();
        }
        int asked = directory.plays.size();
        assertTrue(asked < 60, "asked " + asked + " times in half a minute");

        watcher.subscription.close();
        timers.pass(20_000);
        List.copyOf(links).forEach(Link::step);
        links.removeIf(link -> link.closed);
        assertEquals(0, links.size());
        assertEquals(new StreamHubs.Usage(0, 0, 0, 0, 0, 0), hubs.usage());
        hubs.close();
    }

    private void happens() {
        int peer = random.nextInt(PEERS);
        switch (random.nextInt(6)) {
            case 0 -> states[peer] = State.DOWN;
            case 1 -> states[peer] = State.HUNG;
            case 2, 3 -> states[peer] = State.UP;
            case 4 -> directory.listener.onFeed(KEY, feed());
            default -> lagMs[peer] = random.nextLong(10, 160);
        }
    }
}
