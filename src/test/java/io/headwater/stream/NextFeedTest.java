package io.headwater.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.headwater.topology.Feed;
import org.junit.jupiter.api.Test;

/** What the relay is told of the node that a stream would be pulled from next. */
class NextFeedTest extends PullingFixture {
    @Test
    void theNodeAfterTheFeedIsNamedAndTheOneAfterItWhenTheFeedFailed() {
        running(1, 5);
        assertEquals("b", upstream.next.get(KEY));
        upstream.last().breaks();
        assertEquals("b", upstream.last().peer.node().name());
        assertEquals("c", upstream.next.get(KEY));
        assertEquals(
                java.util.List.of("open a", "next b", "open b", "next c"),
                upstream.calls,
                "what is there for b is used first");
    }

    @Test
    void nobodyIsNamedWhileTheNextOneIsOpenBesideASilentFeed() {
        running(1, 5);
        timers.pass(600);
        assertEquals("b", upstream.last().peer.node().name());
        assertNull(upstream.next.get(KEY));
        frames(upstream.opened.get(0), 1, 6, 6);
        assertEquals("b", upstream.next.get(KEY), "it was not needed, and may be again");
    }

    @Test
    void whoIsNamedFollowsTheDirectory() {
        running(1, 5);
        directory.listener.onFeed(KEY, peers(1, "a", "c"));
        assertEquals("c", upstream.next.get(KEY));
        directory.listener.onFeed(KEY, peers(1, "a"));
        assertNull(upstream.next.get(KEY), "to connect to the same node anew helps seldom");
    }

    @Test
    void nobodyIsNamedForAStreamThatNobodyTakesOrThatEnded() {
        Watcher watcher = running(1, 5);
        watcher.subscription.close();
        assertNull(upstream.next.get(KEY));
        watch();
        assertEquals("b", upstream.next.get(KEY));
        directory.listener.onFeed(KEY, new Feed.Nothing(Feed.Reason.ENDED));
        assertNull(upstream.next.get(KEY));
    }
}
