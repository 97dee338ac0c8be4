package io.headwater.stream;

import static io.headwater.stream.TestFrames.AUDIO;
import static io.headwater.stream.TestFrames.VIDEO;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.Records;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.topology.Feed;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import io.headwater.topology.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Publishers that wait beside another one: when they go live, with what, and when they wait again. */
class StandbyTest {
    private static final StreamKey KEY = new StreamKey("live", "x");
    private static final int GOP = 10;
    private static final int INTERVAL_MS = 40;

    private final ManualTimers timers = new ManualTimers();
    private final FakeDirectory directory = new FakeDirectory();
    private final FakeUpstream upstream = new FakeUpstream();
    private final Counters counters = new Counters();
    private final Loop loop = new Loop();
    private final List<Encoder> encoders = new ArrayList<>();
    private StreamHubs hubs = hubs(AppSettings.defaults());

    private StreamHubs hubs(AppSettings app) {
        return new StreamHubs(
                new NodeId("me"),
                Records.with(HubSettings.defaults(), Map.of("defaultApp", app)),
                directory,
                upstream,
                counters,
                timers,
                new java.util.Random(1));
    }

    private void use(Directory.OnConflict onConflict, boolean backupReturn) {
        hubs.close();
        hubs = hubs(
                Records.with(AppSettings.defaults(), Map.of("onConflict", onConflict, "backupReturn", backupReturn)));
    }

    @AfterEach
    void nothingIsLeftBehind() {
        hubs.close();
        loop.run();
        assertEquals(new StreamHubs.Usage(0, 0, 0, 0, 0, 0), hubs.usage());
        assertEquals(counters.get(Metric.HUB_STARTED), counters.get(Metric.HUB_ENDED));
        assertEquals(List.of(), upstream.openNow());
    }

    /** An encoder that asks for the stream and sends a group of pictures after another. */
    private final class Encoder implements Streams.PublisherControl {
        final List<Streams.StopReason> stopped = new ArrayList<>();
        final CompletableFuture<Streams.PublishAnswer> answer;
        private int sent;

        Encoder(Streams.PublisherRole role) {
            answer = hubs.publish(KEY, new Streams.PeerInfo("rtmp", "1.2.3.4:" + encoders.size()), role, this)
                    .toCompletableFuture();
            encoders.add(this);
        }

        @Override
        public void stop(Streams.StopReason reason) {
            stopped.add(reason);
        }

        Ingest ingest() {
            return assertInstanceOf(Streams.PublishAnswer.Accepted.class, answer.join())
                    .ingest();
        }

        void send() {
            TestFrames.publish(ingest(), VIDEO, sent, sent % GOP == 0);
            TestFrames.publish(ingest(), AUDIO, sent, true);
            sent++;
        }
    }

    private Encoder backup(Directory.Grant grant) {
        Encoder encoder = new Encoder(Streams.PublisherRole.BACKUP);
        answerPublish(grant);
        return encoder;
    }

    private void answerPublish(Directory.Grant grant) {
        directory.publishes.get(directory.publishes.size() - 1).complete(grant);
    }

    private static final Directory.Grant TAKEN = new Directory.Grant.Taken(new NodeId("a"));

    private static Feed from(long epoch, String node) {
        return new Feed.Peers(
                epoch, Role.EDGE, List.of(new Peer(new NodeId(node), new NodeGroup("g"), "host-" + node, 5000)));
    }

    private Watcher watch() {
        Watcher watcher = new Watcher();
        watcher.on(hubs.subscribe(KEY, SubscribeRequest.viewer("http-flv", "9.9.9.9:1"), loop, watcher));
        loop.run();
        return watcher;
    }

    private long asked() {
        return directory.calls.stream()
                .filter(call -> call.startsWith("promote"))
                .count();
    }

    /** The hub gets the stream from node {@code a}, which is its main origin, in {@code epoch}. */
    private FakeUpstream.Opened pulled(long epoch) {
        directory.answer(from(epoch, "a"));
        FakeUpstream.Opened link = upstream.last();
        link.welcome(epoch, false, "a");
        return link;
    }

    private void run(FakeUpstream.Opened link, long epoch, int first, int count, Encoder... sending) {
        for (int n = first; n < first + count; n++) {
            link.sink.onFrame(TestFrames.picture(epoch, n, GOP));
            for (Encoder encoder : sending) {
                encoder.send();
            }
            timers.pass(INTERVAL_MS);
            loop.run();
        }
    }

    /** Nothing comes from the publisher any more, the encoders go on. */
    private void starve(int frames, Encoder... sending) {
        for (int n = 0; n < frames; n++) {
            for (Encoder encoder : sending) {
                encoder.send();
            }
            timers.pass(INTERVAL_MS);
            loop.run();
        }
    }

    private static void rises(Watcher watcher) {
        long last = -1;
        for (Entry entry : watcher.seen) {
            assertTrue(entry.dtsUs() >= last, "time fell to " + entry.dtsUs());
            last = entry.dtsUs();
        }
    }

    @Test
    void aBackupOfAStreamWithoutPublisherIsLiveAtOnce() {
        Watcher watcher = watch();
        Encoder backup = backup(new Directory.Grant.Granted(1));
        starve(2, backup);
        assertTrue(watcher.story().startsWith("|1:0 1:1"), watcher.story());
        assertTrue(hubs.holding(KEY).orElseThrow().backup());
        assertEquals(0, counters.get(Metric.STANDBY_BEGAN));
        assertTrue(directory.calls.contains("publish REJECT"), directory.calls.toString());
    }

    @Test
    void aBackupBesideAPublisherWaitsAndIsNoViewer() {
        Encoder backup = backup(TAKEN);
        FakeUpstream.Opened a = pulled(1);
        run(a, 1, 0, 100, backup);
        assertEquals(0, asked());
        Directory.Holding holding = hubs.holding(KEY).orElseThrow();
        assertEquals(1, holding.standbys());
        assertEquals(0, holding.viewers());
        assertFalse(holding.backup());
        assertEquals(1, hubs.usage().standbys());
        assertEquals(List.of(), backup.stopped);
        backup.ingest().lost();
        timers.pass(11_000);
        assertTrue(a.closed);
        assertEquals("released", directory.calls.get(directory.calls.size() - 1));
    }

    @Test
    void aBackupGoesLiveWhenTheFeedBreaksAndPlayersGoOnAtItsNextKeyframe() {
        Encoder backup = backup(TAKEN);
        FakeUpstream.Opened a = pulled(7);
        Watcher watcher = watch();
        run(a, 7, 0, 15, backup);
        a.breaks();
        starve(3, backup);
        assertTrue(directory.calls.contains("promote 7"), directory.calls.toString());
        directory.grant(8);
        assertEquals(15, watcher.seen.size(), "its keyframe came before the stream broke off");
        starve(GOP, backup);
        assertTrue(watcher.story().contains("7:14 |8:0 8:1"), watcher.story());
        assertTrue(watcher.seen.get(15).frame().keyframe()
                || watcher.seen.get(15).frame().track().equals(AUDIO));
        rises(watcher);
        assertEquals(List.of(), watcher.ends);
        assertEquals(1, counters.get(Metric.STANDBY_PROMOTED));
        assertEquals(0, hubs.usage().standbys());
        assertTrue(hubs.holding(KEY).orElseThrow().backup());
    }

    @Test
    void theKeyframeThatCameWhileTheBackupWasAskingIsNotLost() {
        Encoder backup = backup(TAKEN);
        FakeUpstream.Opened a = pulled(7);
        Watcher watcher = watch();
        run(a, 7, 0, 18, backup);
        a.breaks();
        starve(6, backup);
        directory.grant(8);
        loop.run();
        assertEquals(18 + 8, watcher.seen.size(), watcher.story());
        assertTrue(watcher.seen.get(18).frame().keyframe(), watcher.story());
        rises(watcher);
    }

    @Test
    void aSilentFeedIsFoundOutThoughItsLinkIsAlive() {
        Encoder backup = backup(TAKEN);
        FakeUpstream.Opened a = pulled(7);
        run(a, 7, 0, 100, backup);
        for (int i = 0; i < 10; i++) {
            a.sink.onAlive();
            starve(1, backup);
        }
        assertTrue(asked() > 0);
    }

    @Test
    void aShortGapPromotesNobody() {
        Encoder backup = backup(TAKEN);
        FakeUpstream.Opened a = pulled(7);
        run(a, 7, 0, 50, backup);
        starve(2, backup);
        run(a, 7, 50, 50, backup);
        assertEquals(0, asked());
    }

    @Test
    void aBackupThatIsRefusedAsksAgainWhileTheStreamIsStarvedAndNotTooOften() {
        Encoder backup = backup(TAKEN);
        FakeUpstream.Opened a = pulled(7);
        run(a, 7, 0, 20, backup);
        a.breaks();
        for (int i = 0; i < 100; i++) {
            starve(1, backup);
            answerPublish(TAKEN);
        }
        assertTrue(asked() > 10 && asked() < 25, "asked " + asked());
        long before = asked();
        directory.listener.onFeed(KEY, from(8, "b"));
        upstream.last().welcome(8, false, "b");
        run(upstream.last(), 8, 0, 100, backup);
        assertEquals(before, asked());
    }

    @Test
    void ofTwoBackupsOneGoesLiveAndTheOtherWaits() {
        Encoder one = backup(TAKEN);
        Encoder two = backup(TAKEN);
        FakeUpstream.Opened a = pulled(7);
        Watcher watcher = watch();
        run(a, 7, 0, 20, one, two);
        a.breaks();
        starve(4, one, two);
        assertEquals(2, asked());
        int questions = directory.publishes.size();
        directory.publishes.get(questions - 2).complete(new Directory.Grant.Granted(8));
        directory.publishes.get(questions - 1).complete(TAKEN);
        starve(60, one, two);
        assertEquals(2, asked());
        assertEquals(1, hubs.holding(KEY).orElseThrow().standbys());
        assertEquals(1, counters.get(Metric.STANDBY_PROMOTED));
        rises(watcher);
        one.ingest().lost();
        starve(3, two);
        assertEquals("promote 8", directory.calls.get(directory.calls.size() - 1));
    }

    @Test
    void aBackupThatIsSupersededWaitsAgainAndKeepsItsConnection() {
        Watcher watcher = watch();
        Encoder backup = backup(new Directory.Grant.Granted(1));
        starve(5, backup);
        directory.listener.onSuperseded(KEY, 1, 2);
        FakeUpstream.Opened a = pulled(2);
        run(a, 2, 0, 20, backup);
        assertEquals(List.of(), backup.stopped);
        assertEquals(1, counters.get(Metric.STANDBY_DEMOTED));
        assertEquals(1, hubs.holding(KEY).orElseThrow().standbys());
        assertEquals(2, watcher.seen.get(watcher.seen.size() - 1).frame().epoch());
        a.breaks();
        starve(4, backup);
        directory.grant(3);
        starve(GOP, backup);
        assertEquals(3, watcher.seen.get(watcher.seen.size() - 1).frame().epoch());
        rises(watcher);
    }

    @Test
    void underThePolicyBackupTheSecondPublisherStandsByAndAReturningOneTakesTheStreamBack() {
        use(Directory.OnConflict.BACKUP, true);
        Encoder second = new Encoder(Streams.PublisherRole.PRIMARY);
        assertTrue(directory.calls.contains("publish BACKUP"), directory.calls.toString());
        answerPublish(TAKEN);
        assertEquals(1, hubs.usage().standbys());
        assertEquals(List.of(), second.stopped);
    }

    @Test
    void withoutBackupReturnAReturningPublisherStandsBy() {
        use(Directory.OnConflict.BACKUP, false);
        Encoder second = new Encoder(Streams.PublisherRole.PRIMARY);
        assertTrue(directory.calls.contains("publish REJECT"), directory.calls.toString());
        answerPublish(TAKEN);
        assertEquals(1, hubs.usage().standbys());
        assertEquals(List.of(), second.stopped);
    }

    @Test
    void aPublisherOfAStreamThatNobodyPublishesAnyMoreGoesLiveEvenIfNobodyWatches() {
        Encoder backup = backup(TAKEN);
        directory.answer(new Feed.Nothing(Feed.Reason.NOT_PUBLISHED));
        starve(2, backup);
        assertEquals("promote 0", directory.calls.get(directory.calls.size() - 1));
        directory.grant(3);
        starve(1, backup);
        assertTrue(hubs.holding(KEY).orElseThrow().published());
    }

    @Test
    void aBackupThatLeftWhileItWasAskingGivesTheStreamBack() {
        Encoder backup = backup(TAKEN);
        FakeUpstream.Opened a = pulled(7);
        run(a, 7, 0, 5, backup);
        a.breaks();
        starve(3, backup);
        backup.ingest().lost();
        directory.grant(8);
        assertTrue(directory.calls.contains("unpublish 8 LOST"), directory.calls.toString());
        assertEquals(0, hubs.usage().standbys());
    }

    @Test
    void aHeldStreamIsTakenOverAtOnce() {
        Encoder backup = backup(TAKEN);
        FakeUpstream.Opened a = pulled(7);
        run(a, 7, 0, 20, backup);
        a.ends(Upstream.Closed.Kind.ENDED);
        directory.listener.onFeed(KEY, new Feed.Held(7, 15_000));
        starve(1, backup);
        assertEquals("promote 7", directory.calls.get(directory.calls.size() - 1));
    }

    @Test
    void aWaitingPublisherIsToldWhenTheNodeShutsDown() {
        Encoder backup = backup(TAKEN);
        hubs.close();
        assertEquals(List.of(Streams.StopReason.STOPPED), backup.stopped);
    }

    @Test
    void oneStreamHasAFewBackupsOnANodeAndNoMore() {
        for (int i = 0; i < 8; i++) {
            backup(TAKEN);
        }
        Encoder more = new Encoder(Streams.PublisherRole.BACKUP);
        var refused = assertInstanceOf(Streams.PublishAnswer.Refused.class, more.answer.join());
        assertEquals("live/x has 8 backup publishers on this node already", refused.reason());
        assertEquals(1, counters.get(Metric.STANDBY_REFUSED));
    }

    @Test
    void whatAWaitingPublisherKeepsIsBounded() {
        Opening opening = new Opening();
        boolean kept = true;
        int frames = 0;
        opening.add(raw(0, true, 1 << 20), 1);
        while (kept) {
            kept = opening.add(raw(++frames, false, 1 << 20), 1);
        }
        assertEquals(16, frames);
        assertEquals(List.of(), opening.frames());
        assertTrue(opening.add(raw(++frames, false, 1), 2));
        assertEquals(List.of(), opening.frames(), "it begins at a keyframe");
        opening.add(raw(++frames, true, 1), 3);
        opening.add(raw(++frames, false, 1), 4);
        assertEquals(2, opening.frames().size());
        opening.streamRan(2);
        assertEquals(2, opening.frames().size());
        opening.streamRan(5);
        assertEquals(List.of(), opening.frames());
        assertTrue(opening.tracks().hasVideo());
    }

    private static PublishSession.Raw raw(int n, boolean keyframe, int length) {
        return new PublishSession.Raw(VIDEO, n, n, keyframe, io.headwater.media.Bytes.of(new byte[length]), List.of());
    }
}
