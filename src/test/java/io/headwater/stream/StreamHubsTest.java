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
import io.headwater.topology.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node without peers: what publishers and players of one node see. */
class StreamHubsTest {
    private static final StreamKey KEY = new StreamKey("live", "x");

    private final ManualTimers timers = new ManualTimers();
    private final FakeDirectory directory = new FakeDirectory();
    private final FakeUpstream upstream = new FakeUpstream();
    private final Counters counters = new Counters();
    private final Loop loop = new Loop();
    private StreamHubs hubs = hubs(HubSettings.defaults());
    private long clock;

    private StreamHubs hubs(HubSettings settings) {
        return new StreamHubs(
                new NodeId("me"), settings, directory, upstream, counters, timers, new java.util.Random(1));
    }

    @AfterEach
    void nothingIsLeftBehind() {
        hubs.close();
        loop.run();
        assertEquals(new StreamHubs.Usage(0, 0, 0, 0, 0, 0), hubs.usage());
        assertEquals(counters.get(Metric.HUB_STARTED), counters.get(Metric.HUB_ENDED));
        assertEquals(counters.get(Metric.VIEWER_JOINED), counters.get(Metric.VIEWER_LEFT));
    }

    private final class Publisher implements Streams.PublisherControl {
        final List<Streams.StopReason> stopped = new java.util.ArrayList<>();
        final Streams.PublishAnswer answer;

        Publisher(long epoch) {
            var stage = hubs.publish(KEY, new Streams.PeerInfo("rtmp", "1.2.3.4:5"), this);
            directory.grant(epoch);
            answer = stage.toCompletableFuture().join();
        }

        @Override
        public void stop(Streams.StopReason reason) {
            stopped.add(reason);
        }

        Ingest ingest() {
            return assertInstanceOf(Streams.PublishAnswer.Accepted.class, answer)
                    .ingest();
        }

        /** A group of pictures with sound, in real time; then everybody reads. */
        void sendGop(int pictures) {
            for (int i = 0; i < pictures; i++) {
                TestFrames.publish(ingest(), VIDEO, clock, i == 0);
                TestFrames.publish(ingest(), AUDIO, clock, true);
                clock++;
                timers.pass(40);
                loop.run();
            }
        }
    }

    private Watcher watch() {
        Watcher watcher = new Watcher();
        watcher.on(hubs.subscribe(KEY, SubscribeRequest.viewer("http-flv", "9.9.9.9:1"), loop, watcher));
        loop.run();
        return watcher;
    }

    @Test
    void aNodeThatDrainsTakesNothingNewAndKeepsWhatItHas() {
        Publisher publisher = new Publisher(5);
        Watcher before = watch();
        hubs.drain();
        publisher.sendGop(5);
        assertEquals(10, before.seen.size());
        assertInstanceOf(Subscriber.End.Refused.class, watch().ends.get(0));
        var refused =
                hubs.publish(new StreamKey("live", "other"), new Streams.PeerInfo("rtmp", "1.2.3.4:6"), publisher);
        assertInstanceOf(
                Streams.PublishAnswer.Refused.class,
                refused.toCompletableFuture().join());
        // nobody else has what is published here, until its publisher has gone
        Watcher downstream = pull("edge", 0, -1, "edge");
        assertEquals(List.of(), downstream.ends);
        assertEquals(1, hubs.publishers());
        hubs.movePublishers();
        assertEquals(List.of(Streams.StopReason.MOVED), publisher.stopped);
        assertEquals("unpublish 5 LOST", directory.calls.get(directory.calls.size() - 1));
        assertEquals(0, hubs.publishers());
        assertInstanceOf(
                Subscriber.End.Refused.class, pull("edge2", 0, -1, "edge2").ends.get(0));
        assertEquals(3, counters.get(Metric.DRAIN_REFUSED));
        before.subscription.close();
        downstream.subscription.close();
        loop.run();
    }

    private Watcher pull(String node, long epoch, long after, String... via) {
        Watcher watcher = new Watcher();
        var relay = new SubscribeRequest.Relay(
                new NodeId(node),
                epoch,
                after,
                List.of(via).stream().map(NodeId::new).toList());
        var request = new SubscribeRequest(new Streams.PeerInfo("relay", "8.8.8.8:1"), java.util.Optional.of(relay));
        watcher.on(hubs.subscribe(KEY, request, loop, watcher));
        loop.run();
        return watcher;
    }

    private static AppSettings app(Duration maxLag, Duration slowFor) {
        return Records.with(
                AppSettings.defaults(), Map.of("endOnUnpublish", true, "maxLag", maxLag, "slowFor", slowFor));
    }

    private void use(AppSettings app) {
        hubs.close();
        hubs = hubs(Records.with(HubSettings.defaults(), Map.of("defaultApp", app)));
    }

    private static void rises(Watcher watcher) {
        Map<Integer, Long> last = new java.util.HashMap<>();
        for (Entry entry : watcher.seen) {
            Long before = last.put(entry.frame().track().id(), entry.dtsUs());
            assertTrue(before == null || before < entry.dtsUs(), "fell from " + before + " to " + entry.dtsUs());
            assertTrue(entry.ptsUs() >= entry.dtsUs());
        }
    }

    @Test
    void aPlayerStartsAtTheNewestKeyframeWithAllTracksAtOnce() {
        Publisher publisher = new Publisher(7);
        publisher.sendGop(10);
        publisher.sendGop(10);
        Watcher watcher = watch();
        assertEquals(20, watcher.seen.size());
        assertEquals(20, watcher.seen.get(0).frame().sequence());
        assertTrue(watcher.restarts.get(0));
        assertFalse(watcher.restarts.get(1));
        assertEquals(List.of(VIDEO, AUDIO), watcher.seen.get(0).tracks().all());
        assertEquals(List.of(List.of(new NodeId("me"))), watcher.paths);
        publisher.sendGop(1);
        assertEquals(22, watcher.seen.size());
        rises(watcher);
    }

    @Test
    void aPlayerThatWaitedForThePublisherLearnsOfTheSoundWithTheFirstPicture() {
        Watcher watcher = watch();
        assertEquals(List.of("play 10000"), directory.calls);
        Publisher publisher = new Publisher(1);
        publisher.sendGop(3);
        assertEquals("|1:0 1:1 1:2 1:3 1:4 1:5", watcher.story());
        assertEquals(List.of(VIDEO, AUDIO), watcher.seen.get(0).tracks().all());
    }

    @Test
    void aStreamOfPicturesOnlyStartsAfterAMoment() {
        Watcher watcher = watch();
        Ingest ingest = new Publisher(1).ingest();
        for (int i = 0; i < 20; i++) {
            TestFrames.publish(ingest, VIDEO, i, i == 0);
            timers.pass(40);
            loop.run();
        }
        assertEquals(0, watcher.seen.get(0).frame().sequence());
        assertEquals(20, watcher.seen.size());
    }

    @Test
    void picturesThatComeAtOnceAndThenNoMoreAreShown() {
        Watcher watcher = watch();
        Ingest ingest = new Publisher(1).ingest();
        timers.pass(5_000); // the publisher's first frame may be long in coming
        for (int i = 0; i < 5; i++) {
            TestFrames.publish(ingest, VIDEO, i, i == 0);
        }
        loop.run();
        assertEquals("", watcher.story(), "sound may still come");
        timers.pass(400);
        loop.run();
        assertEquals("|1:0 1:1 1:2 1:3 1:4", watcher.story());
    }

    @Test
    void soundThatComesAtOnceAndThenNoMoreIsHeard() {
        Watcher watcher = watch();
        Ingest ingest = new Publisher(1).ingest();
        TestFrames.publish(ingest, AUDIO, 0, true);
        timers.pass(1_100);
        loop.run();
        assertEquals("|1:0", watcher.story());
    }

    @Test
    void aStreamOfSoundOnlyStartsAtTheNewestFrame() {
        Watcher watcher = watch();
        Ingest ingest = new Publisher(1).ingest();
        for (int i = 0; i < 50; i++) {
            TestFrames.publish(ingest, AUDIO, i, true);
            timers.pass(40);
            loop.run();
        }
        assertTrue(watcher.seen.get(0).frame().sequence() > 20);
        assertEquals(49, watcher.seen.get(watcher.seen.size() - 1).frame().sequence());
        Watcher late = watch();
        assertEquals("|1:49", late.story());
    }

    @Test
    void picturesBeforeTheFirstKeyframeHaveNoNumber() {
        Watcher watcher = watch();
        Ingest ingest = new Publisher(1).ingest();
        TestFrames.publish(ingest, VIDEO, 0, false);
        TestFrames.publish(ingest, VIDEO, 1, false);
        TestFrames.publish(ingest, VIDEO, 2, true);
        TestFrames.publish(ingest, AUDIO, 2, true);
        loop.run();
        assertEquals("|1:0 1:1", watcher.story());
        assertEquals(2, counters.get(Metric.FRAMES_BEFORE_KEYFRAME));
    }

    @Test
    void aPublisherThatComesBackContinuesForItsPlayersWithRisingTimestamps() {
        Publisher first = new Publisher(1);
        first.sendGop(5);
        Watcher watcher = watch();
        first.ingest().lost();
        assertEquals("unpublish 1 LOST", directory.calls.get(directory.calls.size() - 1));
        directory.listener.onFeed(KEY, new Feed.Held(1, 15_000));
        timers.pass(3_000);
        clock = 0;
        Publisher second = new Publisher(2);
        second.sendGop(5);
        loop.run();
        assertTrue(watcher.story().contains("1:9 |2:0 2:1"), watcher.story());
        rises(watcher);
        long pause = watcher.seen.get(10).dtsUs() - watcher.seen.get(9).dtsUs();
        assertTrue(pause >= 3_000_000, "the pause is " + pause);
        assertTrue(watcher.ends.isEmpty());
    }

    @Test
    void aTakeoverOnTheSameNodeStopsTheOldPublisherAndKeepsThePlayers() {
        Publisher old = new Publisher(1);
        old.sendGop(5);
        Watcher watcher = watch();
        Publisher young = new Publisher(2);
        assertEquals(List.of(Streams.StopReason.SUPERSEDED), old.stopped);
        directory.listener.onSuperseded(KEY, 1, 2);
        old.ingest().lost();
        old.ingest().finished();
        TestFrames.publish(old.ingest(), VIDEO, 99, true);
        clock = 3;
        young.sendGop(2);
        assertEquals(List.of("publish", "publish"), directory.calls);
        assertTrue(watcher.story().endsWith("1:9 |2:0 2:1 2:2 2:3"), watcher.story());
        rises(watcher);
        assertTrue(watcher.ends.isEmpty());
    }

    @Test
    void aGrantThatIsOldWhenItArrivesIsRefused() {
        var stage = hubs.publish(KEY, new Streams.PeerInfo("rtmp", "a:1"), reason -> {});
        directory.listener.onSuperseded(KEY, 1, 2);
        directory.grant(1);
        assertInstanceOf(
                Streams.PublishAnswer.Refused.class, stage.toCompletableFuture().join());
        assertEquals(0, hubs.usage().hubs());
    }

    @Test
    void playersEndWhenThePublisherFinishesAndEverythingIsForgotten() {
        use(app(Duration.ofSeconds(5), Duration.ofSeconds(30)));
        Publisher publisher = new Publisher(1);
        publisher.sendGop(5);
        Watcher watcher = watch();
        TestFormat format = new TestFormat();
        watcher.seen.forEach(entry -> entry.encoded(format).release());
        assertTrue(hubs.usage().encodedBuffers() > 0);
        publisher.ingest().finished();
        assertTrue(directory.calls.contains("unpublish 1 FINISHED"));
        directory.listener.onFeed(KEY, new Feed.Nothing(Feed.Reason.ENDED));
        loop.run();
        assertEquals(List.of(new Subscriber.End.NoFeed(Feed.Reason.ENDED)), watcher.ends);
        assertEquals(new StreamHubs.Usage(0, 0, 0, 0, 0, 0), hubs.usage());
        assertEquals("released", directory.calls.get(directory.calls.size() - 1));
        watcher.seen.get(0).encoded(format).release();
        assertEquals(0, hubs.usage().encodedBuffers(), "what is encoded after the end belongs to who asked");
    }

    @Test
    void aPublisherWithoutPlayersLeavesNothing() {
        Publisher publisher = new Publisher(1);
        publisher.sendGop(5);
        publisher.ingest().lost();
        assertEquals(List.of("publish", "unpublish 1 LOST", "released"), directory.calls);
        assertEquals(0, hubs.usage().hubs());
    }

    @Test
    void aPlayerOfAStreamThatNobodyPublishesEndsAfterItsOwnParkingTime() {
        Watcher early = watch();
        timers.pass(9_000);
        Watcher late = watch();
        timers.pass(1_000);
        directory.answer(new Feed.Nothing(Feed.Reason.NOT_PUBLISHED));
        loop.run();
        assertEquals(List.of(new Subscriber.End.NoFeed(Feed.Reason.NOT_PUBLISHED)), early.ends);
        assertTrue(late.ends.isEmpty());
        assertEquals(List.of("play 10000", "play 9000"), directory.calls);
        timers.pass(9_000);
        directory.answer(new Feed.Nothing(Feed.Reason.NOT_PUBLISHED));
        loop.run();
        assertEquals(1, late.ends.size());
        assertEquals(0, hubs.usage().hubs());
    }

    @Test
    void aPlayerThatIsTooSlowLosesWholeGroupsOfPictures() {
        use(app(Duration.ofSeconds(2), Duration.ofSeconds(60)));
        Publisher publisher = new Publisher(1);
        publisher.sendGop(25);
        Watcher slow = watch();
        Watcher fast = watch();
        int had = slow.seen.size();
        slow.reading = false;
        for (int i = 0; i < 5; i++) {
            publisher.sendGop(25);
        }
        slow.reading = true;
        publisher.sendGop(1);
        Entry next = slow.seen.get(had);
        assertTrue(next.frame().startsPicture());
        assertTrue(slow.restarts.get(had));
        assertEquals(300, next.frame().sequence());
        assertEquals(302, fast.seen.size());
        assertEquals(1, counters.get(Metric.SKIPPED_TIME) + counters.get(Metric.SKIPPED_RING));
        assertEquals(250, counters.get(Metric.FRAMES_SKIPPED));
        rises(slow);
    }

    @Test
    void aPlayerThatReadsNothingIsEndedAfterAWhileAndCostsTheOthersNothing() {
        use(app(Duration.ofSeconds(2), Duration.ofSeconds(6)));
        Publisher publisher = new Publisher(1);
        publisher.sendGop(25);
        Watcher stuck = watch();
        Watcher fast = watch();
        stuck.reading = false;
        for (int i = 0; i < 7; i++) {
            publisher.sendGop(25);
        }
        assertTrue(stuck.ends.isEmpty());
        for (int i = 0; i < 4; i++) {
            publisher.sendGop(25);
        }
        assertEquals(List.of(new Subscriber.End.TooSlow()), stuck.ends);
        assertEquals(600, fast.seen.size());
        assertEquals(1, hubs.usage().viewers());
        assertTrue(hubs.snapshot(KEY).orElseThrow().ringFrames() < 260, "the ring does not wait for it");
    }

    @Test
    void oneFrameCostsOneWakeUpPerLoopHoweverManyWatch() {
        Publisher publisher = new Publisher(1);
        publisher.sendGop(2);
        for (int i = 0; i < 100; i++) {
            watch();
        }
        int before = loop.scheduled;
        TestFrames.publish(publisher.ingest(), VIDEO, 50, true);
        TestFrames.publish(publisher.ingest(), AUDIO, 50, true);
        assertEquals(before + 1, loop.scheduled);
    }

    @Test
    void aPausedPlayerIsNotSlowAndGoesOnAtTheNextKeyframe() {
        use(app(Duration.ofSeconds(1), Duration.ofSeconds(2)));
        Publisher publisher = new Publisher(1);
        publisher.sendGop(10);
        Watcher watcher = watch();
        watcher.subscription.pause();
        int had = watcher.seen.size();
        for (int i = 0; i < 20; i++) {
            publisher.sendGop(10);
        }
        assertEquals(had, watcher.seen.size());
        watcher.subscription.resume();
        publisher.sendGop(1);
        assertTrue(watcher.ends.isEmpty());
        assertTrue(watcher.restarts.get(had));
        assertTrue(watcher.seen.get(had).frame().startsPicture());
        rises(watcher);
    }

    @Test
    void anotherNodeResumesWhereItWas() {
        Publisher publisher = new Publisher(5);
        publisher.sendGop(10);
        Watcher middle = pull("edge", 5, 7);
        assertTrue(middle.story().startsWith("|5:8 5:9 "), middle.story());
        assertEquals(List.of("5 resumed"), middle.started);
        Watcher head = pull("edge2", 5, 19);
        assertEquals(List.of("5 resumed"), head.started);
        assertTrue(head.seen.isEmpty());
        Watcher anew = pull("edge3", 0, -1);
        assertEquals("5 anew", anew.started.get(0));
        assertEquals(20, anew.seen.size());
        publisher.sendGop(1);
        assertEquals(2, head.seen.size());
        assertEquals(20, head.seen.get(0).frame().sequence());
        var holding = hubs.holding(KEY).orElseThrow();
        assertEquals(0, holding.viewers());
        assertEquals(3, holding.relays());
    }

    @Test
    void anotherNodeThatIsBehindAnEpochGetsTheRestOfItAndThenTheNext() {
        Publisher first = new Publisher(5);
        first.sendGop(5);
        Publisher second = new Publisher(6);
        second.sendGop(2);
        Watcher behind = pull("edge", 5, 7);
        assertEquals("|5:8 5:9 |6:0 6:1 6:2 6:3", behind.story());
        assertEquals(List.of("5 resumed"), behind.started);
        assertEquals(0, second.stopped.size());
    }

    @Test
    void aNodeOnTheWayToThisOneIsRefused() {
        new Publisher(5).sendGop(1);
        assertEquals(List.of(new Subscriber.End.Loop()), pull("edge", 0, -1, "edge", "me").ends);
        assertEquals(List.of(new Subscriber.End.Loop()), pull("me", 0, -1).ends);
    }

    @Test
    void anotherNodeThatAsksForNothingIsSentAwayAfterABoundedTime() {
        Watcher pulling = pull("edge", 0, -1);
        assertEquals(List.of("play 0"), directory.calls);
        timers.pass(4_000);
        loop.run();
        assertEquals(List.of(new Subscriber.End.NoFeed(Feed.Reason.NOT_PUBLISHED)), pulling.ends);
        assertEquals(0, hubs.usage().hubs());
    }

    private static AppSettings starting(AppSettings.Start start, Duration writeMerge) {
        return Records.with(AppSettings.defaults(), Map.of("start", start, "writeMerge", writeMerge));
    }

    @Test
    void aLiveStartWaitsForTheNextKeyframe() {
        use(starting(AppSettings.Start.LIVE, Duration.ZERO));
        Publisher publisher = new Publisher(1);
        publisher.sendGop(10);
        Watcher watcher = watch();
        assertTrue(watcher.seen.isEmpty());
        publisher.sendGop(2);
        assertEquals("|1:20 1:21 1:22 1:23", watcher.story());
        Watcher relay = pull("edge", 0, -1);
        assertEquals(4, relay.seen.size(), "another node starts at what is there");
    }

    @Test
    void framesAreCollectedForTheMergeWindowButTheFirstPictureNeverWaits() {
        use(starting(AppSettings.Start.KEYFRAME_CACHED, Duration.ofMillis(400)));
        MergeLoop merging = new MergeLoop(timers);
        Watcher watcher = new Watcher();
        watcher.on(hubs.subscribe(KEY, SubscribeRequest.viewer("rtmp", "v"), merging, watcher));
        merging.loop.run();
        Publisher publisher = new Publisher(1);
        TestFrames.publish(publisher.ingest(), VIDEO, 0, true);
        TestFrames.publish(publisher.ingest(), AUDIO, 0, true);
        merging.loop.run();
        assertEquals(2, watcher.seen.size(), "at once");
        for (int i = 1; i <= 20; i++) {
            TestFrames.publish(publisher.ingest(), VIDEO, i, false);
            timers.pass(40);
            merging.loop.run();
        }
        assertEquals(2, merging.delayed, "passes in 800 ms");
        assertEquals(22, watcher.seen.size());
        Watcher late = new Watcher();
        late.on(hubs.subscribe(KEY, SubscribeRequest.viewer("rtmp", "w"), merging, late));
        merging.loop.run();
        assertEquals(22, late.seen.size(), "at once");
        watcher.subscription.close();
        late.subscription.close();
    }

    @Test
    void whoHasNoFirstFrameYetDoesNotEndTheMergingOfTheOthers() {
        use(starting(AppSettings.Start.LIVE, Duration.ofMillis(400)));
        MergeLoop merging = new MergeLoop(timers);
        Publisher publisher = new Publisher(1);
        Watcher watcher = new Watcher();
        watcher.on(hubs.subscribe(KEY, SubscribeRequest.viewer("rtmp", "v"), merging, watcher));
        merging.loop.run();
        publisher.sendGop(1);
        merging.loop.run();
        assertEquals(2, watcher.seen.size(), "at once");
        Watcher live = new Watcher();
        live.on(hubs.subscribe(KEY, SubscribeRequest.viewer("rtmp", "w"), merging, live));
        Watcher pauses = new Watcher();
        pauses.on(hubs.subscribe(KEY, SubscribeRequest.viewer("rtmp", "x"), merging, pauses));
        pauses.subscription.pause();
        merging.loop.run();
        TestFrames.publish(publisher.ingest(), VIDEO, 1, false);
        merging.loop.run();
        assertEquals(2, watcher.seen.size(), "collected, though somebody waits for a keyframe");
        publisher.sendGop(1);
        merging.loop.run();
        assertEquals(2, live.seen.size(), "its keyframe at once");
        assertEquals(2, watcher.seen.size(), "collected still");
        timers.pass(400);
        merging.loop.run();
        assertEquals(5, watcher.seen.size());
        assertEquals(0, pauses.seen.size());
        pauses.subscription.close();
        live.subscription.close();
        watcher.subscription.close();
    }

    @Test
    void afterAPassThatTookLongFramesAreCollectedForFiveTimesAsLong() {
        use(starting(AppSettings.Start.KEYFRAME_CACHED, Duration.ZERO));
        MergeLoop merging = new MergeLoop(timers);
        Watcher watcher = new Watcher();
        watcher.on(hubs.subscribe(KEY, SubscribeRequest.viewer("rtmp", "v"), merging, watcher));
        merging.loop.run();
        Publisher publisher = new Publisher(1);
        TestFrames.publish(publisher.ingest(), VIDEO, 0, true);
        TestFrames.publish(publisher.ingest(), AUDIO, 0, true);
        merging.loop.run();
        watcher.work = () -> timers.takes(3);
        TestFrames.publish(publisher.ingest(), VIDEO, 1, false);
        merging.loop.run();
        assertEquals(3, watcher.seen.size(), "at once");
        TestFrames.publish(publisher.ingest(), AUDIO, 1, true);
        timers.pass(6);
        TestFrames.publish(publisher.ingest(), VIDEO, 2, false);
        timers.pass(8);
        merging.loop.run();
        assertEquals(3, watcher.seen.size(), "14 ms after a pass of 3 ms");
        timers.pass(1);
        merging.loop.run();
        assertEquals(5, watcher.seen.size(), "15 ms after it");
        assertEquals(1, merging.delayed, "passes after a rest");
        watcher.subscription.close();
    }

    @Test
    void limitsAreRefusalsWithAReason() {
        hubs.close();
        hubs = hubs(Records.with(HubSettings.defaults(), Map.of("maxStreams", 1, "maxViewers", 1)));
        Watcher first = watch();
        Watcher second = watch();
        assertTrue(first.ends.isEmpty());
        assertInstanceOf(Subscriber.End.Refused.class, second.ends.get(0));
        var answer = hubs.publish(new StreamKey("live", "y"), new Streams.PeerInfo("rtmp", "a"), reason -> {});
        assertInstanceOf(
                Streams.PublishAnswer.Refused.class,
                answer.toCompletableFuture().join());
        assertEquals(1, counters.get(Metric.HUB_REFUSED));
        assertEquals(1, counters.get(Metric.VIEWER_REFUSED));
    }

    @Test
    void aFailingSubscriberCostsTheOthersNothing() {
        Publisher publisher = new Publisher(1);
        publisher.sendGop(1);
        Subscriber broken = new Subscriber() {
            @Override
            public void onReadable() {
                throw new IllegalStateException("a test's subscriber fails");
            }

            @Override
            public void onEnd(End end) {}
        };
        hubs.subscribe(KEY, SubscribeRequest.viewer("rtmp", "b:1"), loop, broken);
        Watcher watcher = watch();
        publisher.sendGop(3);
        assertEquals(8, watcher.seen.size());
        assertEquals(1, hubs.usage().viewers());
    }
}
