package io.headwater.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides how a node that is in no cluster gets into one.
 *
 * @param self {@code host:port} of this node
 * @param seeds the configured seed nodes, in their order
 * @param known members of the cluster this node was in before
 * @param formAfterMs how long the first seed node waits for the others before it forms a cluster
 * @param aloneAfterMs how long any other node waits
 */
record JoinPlan(String self, List<String> seeds, List<String> known, long formAfterMs, long aloneAfterMs) {

    /** What to do now. */
    sealed interface Step {
        /** Join through the node at that place. */
        record Join(String place) implements Step {}

        /** Form a cluster. */
        record Form() implements Step {}

        /** Ask again. */
        record Wait() implements Step {}
    }

    JoinPlan {
        seeds = List.copyOf(seeds);
        known = List.copyOf(known);
    }

    /** Whom to ask, the last known members first. */
    List<String> candidates() {
        Set<String> all = new LinkedHashSet<>(known);
        all.addAll(seeds);
        all.remove(self);
        return List.copyOf(all);
    }

    /**
     * @param answers who answered lately, by place
     * @param elapsedMs time since this node began to look for a cluster
     * @param roundOver whether everybody had time to answer
     */
    Step next(Map<String, ClusterFacts> answers, long elapsedMs, boolean roundOver) {
        List<String> candidates = candidates();
        boolean allAnswered = answers.keySet().containsAll(candidates);
        if (!allAnswered && !roundOver) {
            return new Step.Wait();
        }
        var best = candidates.stream()
                .filter(answers::containsKey)
                .map(answers::get)
                .filter(facts -> facts != null && facts.member())
                .min(ClusterFacts.BEST_FIRST);
        if (best.isPresent()) {
            return new Step.Join(best.get().place());
        }
        if (!self.equals(firstOf(answers.keySet()))) {
            return elapsedMs >= 2 * aloneAfterMs ? new Step.Form() : new Step.Wait();
        }
        boolean bootstrap = known.isEmpty() && (seeds.isEmpty() || seeds.get(0).equals(self));
        long patienceMs = allAnswered ? 0 : bootstrap ? formAfterMs : aloneAfterMs;
        return elapsedMs >= patienceMs ? new Step.Form() : new Step.Wait();
    }

    /** Of the nodes that look for a cluster, the one that forms it: the first seed node, then by place. */
    private String firstOf(Collection<String> answering) {
        List<String> all = new ArrayList<>(answering);
        all.add(self);
        return all.stream()
                .min(Comparator.comparingInt(this::seedRank).thenComparing(Comparator.naturalOrder()))
                .orElse(self);
    }

    private int seedRank(String place) {
        int rank = seeds.indexOf(place);
        return rank < 0 ? Integer.MAX_VALUE : rank;
    }
}
