package io.headwater.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.media.Codec;
import io.headwater.media.Track;
import io.headwater.media.Tracks;
import io.headwater.net.Metric;
import io.headwater.topology.Feed;
import io.headwater.topology.NodeId;
import io.headwater.topology.Role;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A node that gets its stream from other nodes: what its viewers see while those come and go. */
class PullingTest extends PullingFixture {
    @Test
    void aNodeThatDrainsLetsGoOfAStreamWithTheLastWhoTakesIt() {
        Watcher one = running(1, 5);
        hubs.drain();
        assertEquals(List.of("a after 0:-1"), upstream.openNow());
        one.subscription.close();
        assertEquals(List.of(), upstream.openNow());
        assertEquals("released", lastCall());
    }

    /** The process was stopped, or a collection took long: the alarm comes before what the kernel holds has been read. */
    @Test
    void aNodeThatStoodStillDoesNotTakeItsFeedForSilent() {
        Watcher watcher = running(1, 5);
        FakeUpstream.Opened a = upstream.last();
        timers.takes(4_000);
        timers.pass(50);
        assertEquals(List.of("a after 0:-1"), upstream.openNow());
        frames(a, 1, 6, 60);
        timers.pass(450);
        assertEquals(List.of("a after 0:-1"), upstream.openNow());
        assertEquals(0, counters.get(Metric.FEED_SUSPECTED));
        assertTrue(counters.get(Metric.HUB_ALARMS_LATE) > 0);
        assertEquals(61, watcher.seen.size());
    }

    @Test
    void aFeedThatIsSilentAfterTheNodeStoodStillIsDoubtedAllTheSame() {
        running(1, 5);
        timers.takes(4_000);
        timers.pass(200);
        assertEquals(List.of("a after 0:-1", "b after 1:5"), upstream.openNow());
        assertEquals(1, counters.get(Metric.FEED_SUSPECTED));
    }

    /** A cut that was shorter than what ends a connection: what was decided meanwhile could not be reached either. */
    @Test
    void aFeedThatComesBackAfterOthersWereTriedIsLeftForTheFirstCandidateAllTheSame() {
        Watcher watcher = running(1, 5);
        FakeUpstream.Opened a = upstream.last();
        for (long n = 6; n < 40; n++) {
            timers.pass(100);
            frames(a, 1, n, n);
        }
        timers.pass(600);
        upstream.last().breaks();
        directory.listener.onFeed(KEY, peers(1, "b", "a"));
        assertEquals(List.of("a after 0:-1", "b after 1:39"), upstream.openNow());
        upstream.last().breaks();
        for (long n = 40; n < 90; n++) {
            frames(a, 1, n, n);
            timers.pass(100);
        }
        assertTrue(
                upstream.openNow().stream().anyMatch(link -> link.startsWith("b after 1:")),
                () -> upstream.openNow().toString());
        assertFalse(a.closed);
        contiguous(watcher);
    }

    @Test
    void aMoveToABetterPeerIsMadeWhenItIsAsFarAsTheFeed() {
        Watcher watcher = running(1, 5);
        FakeUpstream.Opened a = upstream.last();
        directory.listener.onFeed(KEY, peers(1, "b", "a"));
        FakeUpstream.Opened b = upstream.last();
        frames(a, 1, 6, 9);
        b.welcome(1, true, "origin", "b");
        frames(b, 1, 6, 7);
        assertFalse(a.closed, "what b sends was here before");
        frames(a, 1, 10, 11);
        frames(b, 1, 8, 12);
        assertTrue(a.closed);
        assertEquals(13, watcher.seen.size());
        contiguous(watcher);
    }

    @Test
    void aFeedThatWasFallenBackOnIsLeftForTheFirstCandidateWhenThatIsThereAgain() {
        running(1, 5);
        upstream.last().breaks();
        FakeUpstream.Opened b = upstream.last();
        assertEquals("b", b.peer.node().name());
        b.welcome(1, true, "origin", "b");
        long next = 6;
        while (upstream.last() == b) {
            frames(b, 1, next, next);
            next++;
            timers.pass(40);
            assertTrue(next < 500, "stays with b for ever");
        }
        FakeUpstream.Opened again = upstream.last();
        assertEquals("a", again.peer.node().name());
        again.welcome(1, true, "origin", "a");
        frames(again, 1, next, next + 1);
        assertTrue(b.closed);
        assertEquals(List.of("a after 1:" + (next - 1)), upstream.openNow());
    }

    /** While nobody watches, the time to go back passes without anybody looking at it. */
    @Test
    void aTimeThatPassedWhileNobodyWatchedIsNotTakenForANodeThatStoodStill() {
        Watcher watcher = running(1, 5);
        upstream.last().breaks();
        FakeUpstream.Opened b = upstream.last();
        b.welcome(1, true, "origin", "b");
        frames(b, 1, 6, 6);
        watcher.subscription.close();
        long next = 7;
        for (int i = 0; i < 90; i++) {
            frames(b, 1, next, next);
            next++;
            timers.pass(100);
        }
        assertEquals(List.of("b after 1:5"), upstream.openNow(), "lingers");
        watch();
        timers.pass(50);
        assertEquals("a", upstream.last().peer.node().name());
        assertEquals(0, counters.get(Metric.HUB_ALARMS_LATE));
    }

    @Test
    void aBetterPeerOnALongerWayIsMovedToAllTheSame() {
        running(1, 5);
        FakeUpstream.Opened a = upstream.last();
        directory.listener.onFeed(KEY, peers(1, "b", "a"));
        FakeUpstream.Opened b = upstream.last();
        b.welcome(1, true, "origin", "b");
        long next = 8;
        frames(a, 1, 6, 7);
        while (!a.closed) {
            frames(a, 1, next, next);
            frames(b, 1, next - 2, next - 2);
            timers.pass(40);
            next++;
            assertTrue(next < 60, "stays where it is");
        }
    }

    @Test
    void aNodeThatDrainsDoesNotLingerOnStreamsNobodyTakes() {
        running(1, 5).subscription.close();
        assertEquals(List.of("a after 0:-1"), upstream.openNow());
        hubs.drain();
        assertEquals(List.of(), upstream.openNow());
    }

    @Test
    void aChangeOfFeedIsTakenDownWithItsGapAndTheFramesThatAreMissing() {
        List<String> told = new java.util.ArrayList<>();
        StreamHubs watched = new StreamHubs(
                new NodeId("me"),
                HubSettings.defaults(),
                directory,
                upstream,
                counters,
                (key, event) -> told.add(event.toString()),
                timers,
                new java.util.Random(1));
        Watcher watcher = new Watcher();
        watcher.on(watched.subscribe(KEY, SubscribeRequest.viewer("http-flv", "9.9.9.9:1"), loop, watcher));
        loop.run();
        directory.answer(peers(1, "a", "b"));
        FakeUpstream.Opened a = upstream.last();
        a.welcome(1, false, "origin", "a");
        frames(a, 1, 0, 3);
        a.breaks();
        FakeUpstream.Opened b = upstream.last();
        timers.pass(70);
        b.welcome(1, true, "origin", "b");
        frames(b, 1, 4, 5);
        frames(b, 1, 8, 8);
        timers.pass(40);
        frames(b, 2, 0, 1);
        assertEquals(
                List.of(
                        "feedChanged - -> a: first feed, epoch 1",
                        "feedLost a -> -: failed as the feed, epoch 1",
                        "feedChanged a -> b: a failed: BROKEN, gap 70 ms, 0 frames lost, epoch 1",
                        "framesMissing b -> b: missing in the feed, gap 0 ms, 2 frames lost, epoch 1",
                        "epochChanged b -> b: a new publishing session, gap 40 ms, 0 frames lost, epoch 2"),
                told);
        watched.close();
        loop.run();
    }

    @Test
    void aFeedIsPulledOnceHoweverManyWatchAndGivenBackAfterTheLinger() {
        Watcher one = running(1, 5);
        Watcher two = watch();
        assertEquals(List.of("a after 0:-1"), upstream.openNow());
        assertEquals(List.of(Stream.of("origin", "a", "me").map(NodeId::new).toList()), two.paths);
        assertEquals(6, two.seen.size());
        one.subscription.close();
        two.subscription.close();
        timers.pass(9_999);
        assertEquals(1, upstream.openNow().size());
        assertEquals(1, hubs.usage().hubs());
        timers.pass(1);
        assertEquals(0, upstream.openNow().size());
        assertEquals("released", lastCall());
        assertEquals(0, hubs.usage().hubs());
    }

    @Test
    void aViewerWithinTheLingerIsServedFromWhatIsThere() {
        running(1, 5).subscription.close();
        timers.pass(5_000);
        upstream.last().sink.onAlive();
        Watcher back = watch();
        assertEquals(6, back.seen.size());
        assertEquals(List.of("play 10000"), directory.calls);
    }

    @Test
    void aFirstLinkIsGivenTimeToOpenBeforeAnybodyElseIsAsked() {
        Watcher watcher = watch();
        directory.answer(peers(1, "a", "b"));
        FakeUpstream.Opened a = upstream.last();
        timers.pass(950);
        assertEquals(List.of("a after 0:-1"), upstream.openNow());
        begins(a, watcher);
    }

    /** A hung node takes connections and says nothing. */
    @Test
    void aNewPlayIsServedByTheNextCandidateInTimeIfTheFirstSaysNothing() {
        Watcher watcher = watch();
        directory.answer(peers(1, "a", "b"));
        timers.pass(1_050);
        assertEquals(List.of("a after 0:-1", "b after 0:-1"), upstream.openNow());
        FakeUpstream.Opened b = upstream.last();
        begins(b, watcher);
        assertEquals(List.of("b after 0:-1"), upstream.openNow());
    }

    @Test
    void aFirstLinkThatSaysNothingIsPassedByAndWhichOfTwoDeliversFirstIsTaken() {
        Watcher watcher = watch();
        directory.answer(peers(1, "a", "b"));
        FakeUpstream.Opened a = upstream.last();
        timers.pass(1_500);
        FakeUpstream.Opened b = upstream.last();
        assertEquals(List.of("a after 0:-1", "b after 0:-1"), upstream.openNow());
        a.welcome(1, false, "origin", "a");
        a.sink.onTracks(Tracks.NONE.with(TestFrames.VIDEO));
        frames(a, 1, 0, 0);
        assertEquals(List.of("a after 0:-1"), upstream.openNow());
        frames(b, 1, 0, 3);
        assertEquals(1, watcher.seen.size());
    }

    @Test
    void aFeedThatBreaksIsContinuedFromTheNextCandidateWithoutLossOrRepetition() {
        Watcher watcher = running(1, 14);
        FakeUpstream.Opened a = upstream.last();
        a.breaks();
        FakeUpstream.Opened b = upstream.last();
        assertEquals("b after 1:14", b.peer.node() + " after " + b.request.epoch() + ":" + b.request.afterSequence());
        assertEquals("lost 1 a", lastCall());
        b.welcome(1, true, "origin", "b");
        frames(b, 1, 15, 20);
        frames(a, 1, 15, 30);
        assertEquals(21, watcher.seen.size());
        contiguous(watcher);
        assertTrue(watcher.restarts.subList(1, 21).stream().noneMatch(restart -> restart));
        assertEquals(new NodeId("b"), hubs.holding(KEY).orElseThrow().feed().orElseThrow());
        assertEquals(Stream.of("origin", "b", "me").map(NodeId::new).toList(), watcher.paths.get(1));
    }

    @Test
    void aSilentFeedIsDoubtedAndTheNextOpenedBesideIt() {
        Watcher watcher = running(1, 14);
        FakeUpstream.Opened a = upstream.last();
        timers.pass(500);
        assertEquals(1, upstream.opened.size());
        timers.pass(1);
        assertEquals(List.of("a after 0:-1", "b after 1:14"), upstream.openNow());
        FakeUpstream.Opened b = upstream.last();
        timers.pass(50);
        b.welcome(1, true, "origin", "b");
        frames(b, 1, 15, 15);
        assertTrue(a.closed);
        assertEquals("lost 1 a", lastCall());
        assertEquals(1, counters.get(Metric.FEED_BESIDE_RESCUES));
        assertEquals(50, counters.get(Metric.FEED_BESIDE_MS));
        frames(a, 1, 15, 20);
        frames(b, 1, 16, 20);
        contiguous(watcher);
        assertEquals(21, watcher.seen.size());
    }

    @Test
    void aDoubtedFeedThatGoesOnFirstIsKeptAndGivenMoreTimeAfterwards() {
        Watcher watcher = running(1, 14);
        FakeUpstream.Opened a = upstream.last();
        timers.pass(501);
        FakeUpstream.Opened b = upstream.last();
        timers.pass(30);
        frames(a, 1, 15, 15);
        assertTrue(b.closed);
        assertEquals(30, counters.get(Metric.FEED_BESIDE_MS));
        assertFalse(a.closed);
        timers.pass(900);
        assertEquals(List.of("a after 0:-1"), upstream.openNow(), "the link jitters, so it is given longer now");
        frames(a, 1, 16, 16);
        contiguous(watcher);
        assertFalse(directory.calls.contains("lost 1 a"));
    }

    @Test
    void aDoubtedFeedWithoutAnAlternativeIsReportedWhileItIsTriedAgain() {
        watch();
        directory.answer(peers(1, "a"));
        FakeUpstream.Opened a = upstream.last();
        a.welcome(1, false, "origin", "a");
        frames(a, 1, 0, 3);
        for (int i = 0; i < 25; i++) {
            timers.pass(100);
            a.sink.onAlive();
        }
        timers.pass(501);
        assertEquals(List.of("a after 0:-1", "a after 1:3"), upstream.openNow());
        assertEquals("lost 1 a", lastCall(), "the directory looks for a way round meanwhile");
        directory.listener.onFeed(KEY, peers(1, "b", "a"));
        loop.run();
        assertEquals("b after 1:3", upstream.openNow().get(upstream.openNow().size() - 1));
    }

    @Test
    void aPeerThatIsStillOpeningItsOwnFeedIsGivenAWhile() {
        watch();
        directory.answer(peers(1, "a", "b"));
        for (int i = 0; i < 48; i++) {
            timers.pass(100);
            upstream.opened.get(0).sink.onWaiting();
        }
        assertEquals(List.of("a after 0:-1"), upstream.openNow());
        for (int i = 0; i < 10; i++) {
            timers.pass(100);
            upstream.opened.get(0).sink.onWaiting();
        }
        assertEquals(List.of("a after 0:-1", "b after 0:-1"), upstream.openNow());
    }

    @Test
    void keepAlivesShowThatAQuietPublisherIsNoFailure() {
        running(1, 14);
        for (int i = 0; i < 100; i++) {
            timers.pass(100);
            upstream.last().sink.onAlive();
        }
        assertEquals(1, upstream.opened.size());
    }

    @Test
    void everySilentCandidateIsTriedBesideTheFeedAndThenTheDirectoryIsAsked() {
        running(1, 14);
        for (int i = 0; i < 25; i++) {
            timers.pass(100);
            upstream.last().sink.onAlive();
        }
        timers.pass(501 + 501 + 501);
        assertEquals(
                List.of("a after 0:-1", "a after 1:14"), upstream.openNow(), "a new connection to the same is last");
        timers.pass(1_000);
        assertTrue(directory.calls.contains("play 0"), directory.calls.toString());
        assertTrue(directory.calls.contains("lost 1 b") && directory.calls.contains("lost 1 c"));
        directory.answer(peers(1, "d"));
        assertEquals("d after 1:14", upstream.openNow().get(upstream.openNow().size() - 1));
        FakeUpstream.Opened d = upstream.last();
        d.welcome(1, true, "origin", "d");
        d.sink.onAlive();
        assertEquals(List.of("d after 1:14"), upstream.openNow());
    }

    @Test
    void whenNothingHelpsTheQuestionsGetRareAndTheViewersAreGivenUpInTheEnd() {
        Watcher watcher = running(1, 14);
        for (int i = 0; i < 4; i++) {
            upstream.last().breaks();
        }
        int rounds = 0;
        for (long ms = 0; ms < 200_000 && watcher.ends.isEmpty(); ms += 50) {
            timers.pass(50);
            loop.run();
            if (!directory.plays.get(directory.plays.size() - 1).isDone()) {
                rounds++;
                directory.answer(peers(1, "a"));
                upstream.last().breaks();
            }
        }
        assertEquals(List.of(new Subscriber.End.NoFeed(Feed.Reason.UNAVAILABLE)), watcher.ends);
        assertTrue(rounds > 100 && rounds < 300, "asked " + rounds + " times in three minutes");
    }

    @Test
    void aBetterPeerIsTakenOnlyWhenItContinuesTheStream() {
        Watcher watcher = running(1, 14);
        FakeUpstream.Opened a = upstream.last();
        directory.listener.onFeed(KEY, peers(1, "d", "a"));
        FakeUpstream.Opened d = upstream.last();
        assertEquals("d after 1:14", d.peer.node() + " after 1:" + d.request.afterSequence());
        frames(a, 1, 15, 16);
        assertFalse(a.closed);
        d.welcome(1, false, "origin", "d");
        frames(d, 1, 20, 20);
        assertFalse(a.closed, "a gap is better filled by the old feed");
        frames(a, 1, 17, 20);
        frames(d, 1, 21, 21);
        assertTrue(a.closed);
        frames(d, 1, 22, 25);
        assertEquals(1, counters.get(Metric.FEED_BESIDE_MOVES));
        assertEquals(0, counters.get(Metric.FEED_BESIDE_RESCUES));
        assertEquals(26, watcher.seen.size());
        contiguous(watcher);
        assertFalse(directory.calls.contains("lost 1 a"), "a did nothing wrong");
    }

    @Test
    void theSameFeedToldAgainChangesNothingWhileItsFirstNodeDelivers() {
        running(1, 14);
        directory.listener.onFeed(KEY, peers(1, "a", "c"));
        assertEquals(List.of("a after 0:-1"), upstream.openNow());
        upstream.last().breaks();
        assertEquals(List.of("c after 1:14"), upstream.openNow(), "what it falls back on is what was told last");
    }

    @Test
    void aFeedToldWhileNothingWorksIsTriedAtOnce() {
        Watcher watcher = running(1, 14);
        for (int i = 0; i < 4; i++) {
            upstream.last().breaks();
        }
        assertEquals(List.of(), upstream.openNow());
        directory.listener.onFeed(KEY, peers(1, "b"));
        assertEquals(List.of("b after 1:14"), upstream.openNow());
        upstream.last().welcome(1, true, "origin", "b");
        frames(upstream.last(), 1, 15, 16);
        contiguous(watcher);
    }

    @Test
    void aHeldStreamKeepsItsFeedAndGoesOnThroughIt() {
        Watcher watcher = running(1, 14);
        directory.listener.onFeed(KEY, new Feed.Held(1, 15_000));
        FakeUpstream.Opened a = upstream.last();
        for (int i = 0; i < 50; i++) {
            timers.pass(100);
            a.sink.onAlive();
        }
        frames(a, 2, 0, 12);
        assertEquals(List.of("a after 0:-1"), upstream.openNow());
        assertTrue(watcher.story().contains("1:14 |2:0 2:1"), watcher.story());
        contiguous(watcher);
        assertTrue(watcher.seen.get(15).dtsUs() - watcher.seen.get(14).dtsUs() >= 5_000_000);
        directory.listener.onFeed(KEY, peers(2, "a", "b"));
        assertEquals(1, upstream.opened.size());
    }

    @Test
    void aHeldStreamThatNobodyTakesUpIsAskedForAfterTheGraceAndEnds() {
        Watcher watcher = running(1, 14);
        directory.listener.onFeed(KEY, new Feed.Held(1, 15_000));
        upstream.last().ends(Upstream.Closed.Kind.ENDED);
        timers.pass(16_000);
        assertEquals(List.of("play 10000"), directory.calls);
        timers.pass(1_000);
        assertEquals("play 0", lastCall());
        directory.answer(new Feed.Nothing(Feed.Reason.ENDED));
        loop.run();
        assertEquals(List.of(new Subscriber.End.NoFeed(Feed.Reason.ENDED)), watcher.ends);
        assertEquals("released", lastCall());
    }

    @Test
    void aPublisherThatMovedToAnotherNodeIsFollowedThere() {
        Watcher watcher = running(1, 14);
        upstream.last().breaks();
        upstream.last().breaks();
        upstream.last().breaks();
        directory.listener.onFeed(KEY, new Feed.Held(1, 15_000));
        timers.pass(800);
        directory.listener.onFeed(KEY, peers(2, "n", "b"));
        FakeUpstream.Opened n = upstream.last();
        assertEquals("n", n.peer.node().name());
        n.welcome(2, false, "n");
        frames(n, 2, 0, 3);
        assertTrue(watcher.story().endsWith("1:14 |2:0 2:1 2:2 2:3"), watcher.story());
        contiguous(watcher);
    }

    @Test
    void framesAndLinksOfAnOlderEpochAreRefusedAndCounted() {
        Watcher watcher = running(5, 4);
        FakeUpstream.Opened a = upstream.last();
        frames(a, 4, 5, 7);
        assertEquals(3, counters.get(Metric.FRAMES_FENCED));
        assertEquals(5, watcher.seen.size());
        a.breaks();
        FakeUpstream.Opened b = upstream.last();
        b.welcome(4, false, "zombie", "b");
        assertTrue(b.closed);
        assertEquals("c", upstream.last().peer.node().name());
        directory.listener.onFeed(KEY, peers(4, "b"));
        directory.listener.onFeed(KEY, new Feed.Held(4, 1));
        assertEquals(List.of("c after 5:4"), upstream.openNow());
    }

    @Test
    void aNodeThatBecomesTheMainOriginDropsItsFeed() {
        Watcher watcher = running(1, 4);
        FakeUpstream.Opened a = upstream.last();
        var stage = hubs.publish(KEY, new Streams.PeerInfo("rtmp", "p:1"), reason -> {});
        directory.grant(2);
        var accepted = assertInstanceOf(
                Streams.PublishAnswer.Accepted.class,
                stage.toCompletableFuture().join());
        assertTrue(a.closed);
        frames(a, 1, 5, 6);
        TestFrames.publish(accepted.ingest(), TestFrames.VIDEO, 0, true);
        TestFrames.publish(accepted.ingest(), TestFrames.VIDEO, 1, false);
        loop.run();
        assertTrue(watcher.story().endsWith("1:4 |2:0 2:1"), watcher.story());
        contiguous(watcher);
        directory.listener.onFeed(KEY, peers(1, "a"));
        assertEquals(List.of(), upstream.openNow());
        assertEquals(Role.MAIN_ORIGIN, hubs.holding(KEY).orElseThrow().role());
    }

    @Test
    void aMainOriginWhosePublisherWasReplacedElsewherePullsForItsViewers() {
        Watcher watcher = watch();
        List<Streams.StopReason> stopped = new java.util.ArrayList<>();
        var stage = hubs.publish(KEY, new Streams.PeerInfo("rtmp", "p:1"), stopped::add);
        directory.grant(1);
        Ingest ingest =
                ((Streams.PublishAnswer.Accepted) stage.toCompletableFuture().join()).ingest();
        TestFrames.publish(ingest, TestFrames.VIDEO, 0, true);
        TestFrames.publish(ingest, TestFrames.AUDIO, 0, true);
        loop.run();
        directory.listener.onSuperseded(KEY, LONG_AGO - 1, 2);
        assertTrue(stopped.isEmpty(), "another session was meant");
        directory.listener.onSuperseded(KEY, 1, 2);
        assertEquals(List.of(Streams.StopReason.SUPERSEDED), stopped);
        assertEquals("play 0", lastCall());
        ingest.lost();
        assertEquals("play 0", lastCall(), "the late goodbye of the old session changes nothing");
        directory.answer(peers(2, "n"));
        FakeUpstream.Opened n = upstream.last();
        n.welcome(2, false, "n");
        frames(n, 2, 0, 2);
        assertEquals("|1:0 1:1 |2:0 2:1 2:2", watcher.story());
    }

    @Test
    void aFeedWithANewerEpochThanTheOnePublishedHereStopsThePublisher() {
        Watcher watcher = watch();
        List<Streams.StopReason> stopped = new java.util.ArrayList<>();
        hubs.publish(KEY, new Streams.PeerInfo("rtmp", "p:1"), stopped::add);
        directory.grant(1);
        directory.listener.onFeed(KEY, peers(2, "n"));
        assertEquals(List.of(Streams.StopReason.SUPERSEDED), stopped);
        assertEquals(List.of("n after 1:-1"), upstream.openNow());
        watcher.subscription.close();
    }

    @Test
    void aPeerThatIsFedByThisNodeIsNotUsed() {
        watch();
        directory.answer(peers(1, "a", "b"));
        FakeUpstream.Opened a = upstream.last();
        a.welcome(1, false, "origin", "me", "a");
        assertTrue(a.closed);
        assertEquals(List.of("b after 0:-1"), upstream.openNow());
        assertEquals("lost 0 a", lastCall());
    }

    @Test
    void twoNodesThatAskEachOtherAreBothSentElsewhere() {
        watch();
        directory.answer(peers(1, "a", "b"));
        Watcher asking = new Watcher();
        var relay = new SubscribeRequest.Relay(new NodeId("a"), 0, -1, List.of(new NodeId("a")));
        asking.on(hubs.subscribe(
                KEY, new SubscribeRequest(new Streams.PeerInfo("relay", "a:1"), Optional.of(relay)), loop, asking));
        loop.run();
        assertEquals(List.of(new Subscriber.End.Loop()), asking.ends);
    }

    @Test
    void candidatesThatFailedAreTriedAgainWhileTheDirectoryCannotSayBetter() {
        Watcher watcher = watch();
        directory.answer(peers(1, "a", "b"));
        FakeUpstream.Opened a = upstream.last();
        a.welcome(1, false, "origin", "a");
        a.sink.onTracks(Tracks.NONE.with(TestFrames.VIDEO));
        frames(a, 1, 0, 2);
        a.breaks();
        upstream.last().breaks();
        assertEquals(List.of(), upstream.openNow());
        for (int i = 0; i < 100 && upstream.openNow().isEmpty(); i++) {
            timers.pass(20);
        }
        assertEquals(List.of("a after 1:2"), upstream.openNow(), "the directory is asked and has not answered");
        long reported =
                directory.calls.stream().filter(call -> call.startsWith("lost")).count();
        upstream.last().breaks();
        upstream.last().breaks();
        assertEquals(
                reported,
                directory.calls.stream().filter(call -> call.startsWith("lost")).count(),
                "that they fail once more is no news");
        for (int i = 0; i < 1_000 && upstream.openNow().isEmpty(); i++) {
            timers.pass(20);
        }
        upstream.last().welcome(1, true, "origin", "a");
        frames(upstream.last(), 1, 3, 4);
        assertEquals("|1:0 1:1 1:2 1:3 1:4", watcher.story());
    }

    private Watcher asks(String node, boolean inNeed) {
        Watcher asking = new Watcher();
        var relay = new SubscribeRequest.Relay(
                new NodeId(node), 1, 1, Stream.of(node, "me").map(NodeId::new).toList(), inNeed);
        asking.on(hubs.subscribe(
                KEY,
                new SubscribeRequest(new Streams.PeerInfo("relay", node + ":1"), Optional.of(relay)),
                loop,
                asking));
        loop.run();
        return asking;
    }

    @Test
    void aFeedThatLostTheStreamItselfIsServedFromTheNextCandidate() {
        Watcher watcher = watch();
        directory.answer(peers(1, "a", "b"));
        FakeUpstream.Opened a = upstream.last();
        a.welcome(1, false, "origin", "a");
        a.sink.onTracks(Tracks.NONE.with(TestFrames.VIDEO));
        frames(a, 1, 0, 2);
        Watcher asking = asks("a", true);
        assertEquals(List.of("a after 0:-1", "b after 1:2"), upstream.openNow());
        assertTrue(upstream.last().request.inNeed());
        a.sink.onAlive();
        assertEquals(2, upstream.openNow().size(), "a sign of life is not a frame");
        FakeUpstream.Opened b = upstream.last();
        b.welcome(1, true, "origin", "b");
        frames(b, 1, 3, 4);
        assertTrue(a.closed);
        assertEquals("|1:0 1:1 1:2 1:3 1:4", watcher.story());
        assertEquals(List.of("1 resumed"), asking.started);
        assertEquals("|1:2 1:3 1:4", asking.story());
        assertEquals(List.of(), asking.ends);
    }

    @Test
    void aFeedThatLostTheStreamIsRefusedIfThereIsNoOtherWay() {
        watch();
        directory.answer(peers(1, "a"));
        upstream.last().welcome(1, false, "origin", "a");
        frames(upstream.last(), 1, 0, 2);
        assertEquals(List.of(new Subscriber.End.Loop()), asks("a", true).ends);
        assertEquals(List.of("a after 0:-1"), upstream.openNow());
    }

    @Test
    void aFeedThatOnlyLooksForAShorterWayIsRefused() {
        watch();
        directory.answer(peers(1, "a", "b"));
        upstream.last().welcome(1, false, "origin", "a");
        frames(upstream.last(), 1, 0, 2);
        assertEquals(List.of(new Subscriber.End.Loop()), asks("a", false).ends);
        assertEquals(List.of("a after 0:-1"), upstream.openNow());
    }

    @Test
    void aFeedThatGoesOnEndsTheSearchForAnother() {
        Watcher watcher = watch();
        directory.answer(peers(1, "a", "b"));
        FakeUpstream.Opened a = upstream.last();
        a.welcome(1, false, "origin", "a");
        a.sink.onTracks(Tracks.NONE.with(TestFrames.VIDEO));
        frames(a, 1, 0, 2);
        Watcher asking = asks("a", true);
        timers.pass(10);
        frames(a, 1, 3, 4);
        assertEquals(List.of("a after 0:-1"), upstream.openNow());
        assertEquals("|1:0 1:1 1:2 1:3 1:4", watcher.story());
        assertEquals(List.of(new Subscriber.End.Loop()), asking.ends);
    }

    @Test
    void aRequestNamesTheNodesThatWaitBehindThisOne() {
        Watcher behind = new Watcher();
        var relay = new SubscribeRequest.Relay(
                new NodeId("z"), 0, -1, Stream.of("z", "y").map(NodeId::new).toList());
        behind.on(hubs.subscribe(
                KEY, new SubscribeRequest(new Streams.PeerInfo("relay", "z:1"), Optional.of(relay)), loop, behind));
        directory.answer(peers(1, "a"));
        assertEquals(
                Stream.of("me", "z", "y").map(NodeId::new).toList(),
                upstream.last().request.via());
        upstream.last().welcome(1, false, "origin", "a");
        upstream.last().sink.onTracks(Tracks.NONE.with(TestFrames.VIDEO));
        frames(upstream.last(), 1, 0, 2);
        assertEquals("|1:0 1:1 1:2", behind.story());
    }

    @Test
    void aPeerWhoseStreamEndedIsNotReplacedUntilTheDirectorySaysWhatComesNext() {
        Watcher watcher = running(1, 14);
        upstream.last().ends(Upstream.Closed.Kind.ENDED);
        assertEquals(List.of(), upstream.openNow());
        assertEquals(List.of("play 10000"), directory.calls);
        timers.pass(600);
        assertEquals("play 0", lastCall());
        directory.answer(new Feed.Nothing(Feed.Reason.NOT_PUBLISHED));
        loop.run();
        assertEquals(1, watcher.ends.size());
    }

    @Test
    void framesMissingInTheFeedAreCountedAndThePictureGoesOnAtAKeyframe() {
        Watcher watcher = running(1, 14);
        frames(upstream.last(), 1, 18, 21);
        assertEquals(3, counters.get(Metric.FRAMES_MISSING));
        assertEquals(2, counters.get(Metric.FRAMES_BEFORE_KEYFRAME));
        assertTrue(watcher.story().endsWith("1:14 |1:20 1:21"), watcher.story());
    }

    @Test
    void standingMetadataReachesPlayersThatComeLater() {
        Watcher watcher = watch();
        directory.answer(peers(1, "a"));
        FakeUpstream.Opened a = upstream.last();
        a.welcome(1, false, "origin", "a");
        Track metadata = Track.metadata(TestFrames.bytes("onMetaData"));
        a.sink.onTracks(
                Tracks.NONE.with(TestFrames.VIDEO).with(TestFrames.AUDIO).with(metadata));
        frames(a, 1, 0, 1);
        assertEquals(
                Codec.METADATA,
                watcher.seen
                        .get(0)
                        .tracks()
                        .withId(Track.METADATA)
                        .orElseThrow()
                        .codec());
        assertFalse(watcher.seen.get(0).trackChanged(), "it is in the preamble");
        assertEquals(3, watch().seen.get(0).tracks().all().size());
    }

    @Test
    void theLastViewerOfABrokenFeedLeavesNothingBehind() {
        Watcher watcher = running(1, 14);
        for (int i = 0; i < 4; i++) {
            upstream.last().breaks();
        }
        watcher.subscription.close();
        assertEquals("released", lastCall());
        assertEquals(0, hubs.usage().hubs());
    }

    @Test
    void aViewerThatComesRightAfterTheEndIsAskedForAnew() {
        running(1, 14).subscription.close();
        timers.pass(10_000);
        Watcher again = watch();
        assertEquals(List.of("released", "play 10000"), directory.calls.subList(1, 3));
        directory.answer(peers(1, "a"));
        upstream.last().welcome(1, false, "origin", "a");
        upstream.last().sink.onTracks(Tracks.NONE.with(TestFrames.VIDEO));
        frames(upstream.last(), 1, 40, 41);
        assertEquals("|1:40 1:41", again.story());
    }
}
