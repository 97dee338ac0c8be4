package io.headwater.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.media.StreamKey;
import io.headwater.net.Metric;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A node that can get its stream from one other node only: when that one is busy, and when it is gone. */
class OnlyNodeTest extends PullingFixture {
    /** It may be busy with everybody who came at once: a second connection a second later would make that worse. */
    @Test
    void aFirstLinkToTheOnlyNodeThatHasTheStreamIsNotDoubledForAWhile() {
        Watcher watcher = watch();
        directory.answer(peers(1, "a"));
        FakeUpstream.Opened a = upstream.last();
        for (int i = 0; i < 4; i++) {
            timers.pass(1_000);
            directory.listener.onFeed(KEY, peers(1, "a"));
            loop.run();
            timers.pass(150);
            assertEquals(List.of("a after 0:-1"), upstream.openNow());
        }
        begins(a, watcher);
    }

    private FakeUpstream.Opened fromTheOnlyNode() {
        Watcher watcher = watch();
        directory.answer(peers(1, "a"));
        FakeUpstream.Opened link = upstream.last();
        begins(link, watcher);
        for (int i = 0; i < 25; i++) {
            timers.pass(100);
            link.sink.onAlive();
        }
        return link;
    }

    /** Another stream of this node that {@code a} has. */
    private FakeUpstream.Opened other() {
        hubs.subscribe(
                new StreamKey("live", "other"), SubscribeRequest.viewer("http-flv", "9.9.9.9:2"), loop, new Watcher());
        loop.run();
        directory.answer(peers(1, "a"));
        FakeUpstream.Opened link = upstream.last();
        link.welcome(1, false, "origin", "a");
        return link;
    }

    /** It, or this node, has more to do than it can; hundreds of streams that come over two links each make it worse. */
    @Test
    void theOnlyNodeThatHasTheStreamIsNotDoubtedForAWhileIfOthersAreHeardFromIt() {
        fromTheOnlyNode();
        FakeUpstream.Opened other = other();
        for (int i = 0; i < 49; i++) {
            timers.pass(100);
            other.sink.onAlive();
        }
        assertEquals(List.of("a after 0:-1", "a after 0:-1"), upstream.openNow());
        assertEquals(0, counters.get(Metric.FEED_SUSPECTED));
        assertEquals(0, counters.get(Metric.FEED_LOST));
        timers.pass(100);
        other.sink.onAlive();
        timers.pass(200);
        other.sink.onAlive();
        assertEquals(1, counters.get(Metric.FEED_SUSPECTED), "one connection of them may be gone all the same");
    }

    /** Whoever hung up and asked again would wait behind all others that came at once. */
    @Test
    void aFirstLinkToTheOnlyNodeIsKeptForTenSecondsWhileOthersAreHeardFromIt() {
        watch();
        directory.answer(peers(1, "a"));
        FakeUpstream.Opened first = upstream.last();
        FakeUpstream.Opened other = other();
        for (int i = 0; i < 99; i++) {
            timers.pass(100);
            other.sink.onAlive();
        }
        assertFalse(first.closed);
        assertEquals(2, upstream.opened.size());
        assertEquals(List.of("play 10000", "play 10000"), directory.calls);
        for (int i = 0; i < 4; i++) {
            timers.pass(100);
            other.sink.onAlive();
        }
        assertTrue(first.closed);
    }

    @Test
    void theOnlyNodeThatHasTheStreamIsDoubtedAtOnceIfNothingIsHeardFromIt() {
        fromTheOnlyNode();
        other();
        timers.pass(700);
        assertEquals(1, counters.get(Metric.FEED_SUSPECTED));
    }

    /** Else a busy node's links would be doubted every half second for ever: which of two is served first is chance. */
    @Test
    void aSecondConnectionToTheSameNodeThatIsServedFirstGetsMoreTime() {
        FakeUpstream.Opened first = fromTheOnlyNode();
        timers.pass(501);
        FakeUpstream.Opened second = upstream.last();
        second.welcome(1, true, "origin", "a");
        frames(second, 1, 4, 4);
        assertTrue(first.closed);
        directory.listener.onFeed(KEY, peers(1, "a"));
        loop.run();
        timers.pass(900);
        assertEquals(List.of("a after 1:3"), upstream.openNow());
        timers.pass(300);
        assertEquals(List.of("a after 1:3", "a after 1:4"), upstream.openNow());
    }

    @Test
    void theOnlyNodeThatHasTheStreamIsAskedAnewIfItSaysNothingForTooLong() {
        watch();
        directory.answer(peers(1, "a"));
        timers.pass(4_000);
        directory.listener.onFeed(KEY, peers(1, "a"));
        loop.run();
        timers.pass(1_600);
        assertEquals(List.of("a after 0:-1", "a after 0:-1"), upstream.openNow());
        timers.pass(400);
        directory.listener.onFeed(KEY, peers(1, "b", "a"));
        loop.run();
        assertTrue(
                upstream.openNow().contains("b after 0:-1"),
                () -> upstream.openNow().toString());
    }
}
