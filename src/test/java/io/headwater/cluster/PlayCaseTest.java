package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.headwater.cluster.PlayCase.Verdict;
import io.headwater.media.StreamKey;
import io.headwater.topology.Feed;
import org.junit.jupiter.api.Test;

class PlayCaseTest {
    private static final ClusterSettings SETTINGS = ClusterSettings.defaults();
    private static final long SILENCE_MS = SETTINGS.silence().toMillis();
    private static final long RESTART_MS = SETTINGS.restartWait().toMillis();
    private static final long START_MS = 1_000_000;

    private final Request.Playing play = new Request.Playing(new StreamKey("live", "s"), 1, START_MS, 5_000);

    /** The entity has been silent since the play began. */
    private Verdict after(long ms) {
        return PlayCase.next(play, true, ms, START_MS + ms, SETTINGS);
    }

    @Test
    void theNodesAreAskedWhenTheEntityIsSilent() {
        assertEquals(Verdict.WAIT, after(SILENCE_MS - 1));
        assertEquals(Verdict.ASK_NODES, after(SILENCE_MS));
    }

    @Test
    void theNodesAreAskedAgainWhenTheyHadTimeToAnswer() {
        play.askedNodesMs = START_MS + SILENCE_MS;
        assertEquals(Verdict.WAIT, after(3 * SILENCE_MS - 1));
        assertEquals(Verdict.ASK_NODES, after(3 * SILENCE_MS));
    }

    @Test
    void nobodyElseIsAskedWhenTheEntityHasThePlay() {
        play.parked = true;
        assertEquals(Verdict.WAIT, after(SILENCE_MS));
    }

    @Test
    void nobodyIsAskedWithoutACluster() {
        assertEquals(Verdict.WAIT, PlayCase.next(play, false, SILENCE_MS, START_MS + SILENCE_MS, SETTINGS));
    }

    @Test
    void theEntityHasAMomentLongerThanThePlay() {
        play.parked = true;
        assertEquals(Verdict.WAIT, after(6_999));
        assertEquals(Verdict.GIVE_UP, after(7_000));
    }

    @Test
    void waitsForTheClusterToComeBack() {
        long limitMs = 5_000 + RESTART_MS;
        assertEquals(Verdict.WAIT, PlayCase.next(play, false, 0, START_MS + limitMs - 1, SETTINGS));
        assertEquals(Verdict.GIVE_UP, PlayCase.next(play, false, 0, START_MS + limitMs, SETTINGS));
    }

    @Test
    void isSettledAMinuteAfterItsAnswer() {
        play.answer.complete(new Feed.Nothing(Feed.Reason.UNAVAILABLE));
        assertEquals(Verdict.WAIT, after(60_000));
        assertEquals(Verdict.SETTLED, after(60_001));
    }

    @Test
    void notPublishedIsSaidOnlyWhenSomebodyKnew() {
        assertEquals(new Feed.Nothing(Feed.Reason.UNAVAILABLE), PlayCase.nothing(play));
        play.nobodyHasIt = true;
        assertEquals(new Feed.Nothing(Feed.Reason.NOT_PUBLISHED), PlayCase.nothing(play));
    }
}
