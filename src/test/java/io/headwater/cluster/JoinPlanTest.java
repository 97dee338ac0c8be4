package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.headwater.cluster.JoinPlan.Step;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class JoinPlanTest {
    private static final long FORM_MS = 3_000;
    private static final long ALONE_MS = 15_000;

    private static JoinPlan plan(String self, List<String> seeds, String... known) {
        return new JoinPlan(self, seeds, List.of(known), FORM_MS, ALONE_MS);
    }

    private static ClusterFacts member(String place, int size, long formedAtMs) {
        return new ClusterFacts(place, 1, true, size, formedAtMs, place, false);
    }

    private static ClusterFacts outside(String place) {
        return new ClusterFacts(place, 1, false, 0, 0, place, false);
    }

    private static Map<String, ClusterFacts> answers(ClusterFacts... facts) {
        return Arrays.stream(facts).collect(Collectors.toMap(ClusterFacts::place, Function.identity()));
    }

    @Test
    void aNodeWithoutSeedsFormsAClusterAtOnce() {
        assertEquals(new Step.Form(), plan("a:1", List.of()).next(answers(), 0, false));
    }

    @Test
    void aNodeWhoseOnlySeedIsItselfFormsAClusterAtOnce() {
        assertEquals(new Step.Form(), plan("a:1", List.of("a:1")).next(answers(), 0, false));
    }

    @Test
    void theFirstSeedWaitsForTheOthersBeforeItFormsACluster() {
        JoinPlan plan = plan("a:1", List.of("a:1", "b:1"));
        assertEquals(new Step.Wait(), plan.next(answers(), FORM_MS - 1, true));
        assertEquals(new Step.Form(), plan.next(answers(), FORM_MS, true));
    }

    @Test
    void theFirstSeedFormsAClusterAsSoonAsAllOthersSaidThatTheyHaveNone() {
        JoinPlan plan = plan("a:1", List.of("a:1", "b:1"));
        assertEquals(new Step.Form(), plan.next(answers(outside("b:1")), 10, false));
    }

    @Test
    void anotherSeedWaitsForTheFirstOneEvenIfThatHasNoClusterYet() {
        JoinPlan plan = plan("b:1", List.of("a:1", "b:1"));
        assertEquals(new Step.Wait(), plan.next(answers(outside("a:1")), ALONE_MS, true));
        assertEquals(new Step.Join("a:1"), plan.next(answers(member("a:1", 1, 5)), ALONE_MS, true));
    }

    @Test
    void aNodeThatNobodyAnswersFormsAClusterAfterALongTime() {
        JoinPlan plan = plan("c:1", List.of("a:1", "b:1"));
        assertEquals(new Step.Wait(), plan.next(answers(), ALONE_MS - 1, true));
        assertEquals(new Step.Form(), plan.next(answers(), ALONE_MS, true));
    }

    @Test
    void theFirstSeedThatWasInAClusterBeforeJoinsItAgainInsteadOfFormingOne() {
        JoinPlan plan = plan("a:1", List.of("a:1"), "c:1", "d:1");
        assertEquals(List.of("c:1", "d:1"), plan.candidates());
        assertEquals(new Step.Wait(), plan.next(answers(), FORM_MS, true));
        assertEquals(new Step.Join("d:1"), plan.next(answers(member("d:1", 2, 5)), FORM_MS, true));
    }

    @Test
    void ofTwoClustersTheLargerOneIsJoinedAndOfEqualOnesTheOlder() {
        JoinPlan plan = plan("c:1", List.of("a:1", "b:1"));
        assertEquals(new Step.Join("b:1"), plan.next(answers(member("a:1", 2, 5), member("b:1", 3, 9)), 10, false));
        assertEquals(new Step.Join("b:1"), plan.next(answers(member("a:1", 2, 9), member("b:1", 2, 5)), 10, false));
    }

    @Test
    void ofTwoClustersExactlyOneGoesOver() {
        ClusterFacts small = member("a:1", 1, 1);
        ClusterFacts large = member("b:1", 3, 9);
        ClusterFacts asLarge = member("c:1", 3, 9);
        assertEquals(true, small.yieldsTo(large));
        assertEquals(false, large.yieldsTo(small));
        assertEquals(true, asLarge.yieldsTo(large) ^ large.yieldsTo(asLarge));
        assertEquals(false, small.yieldsTo(outside("d:1")));
    }
}
