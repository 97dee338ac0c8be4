package io.headwater.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RendezvousTest {
    private static final List<NodeId> NODES =
            IntStream.range(0, 5).mapToObj(i -> new NodeId("node" + i)).toList();

    @Test
    void nobodyDoesAJobWhereNobodyIs() {
        assertEquals(Optional.empty(), Rendezvous.of("live/a", List.of()));
    }

    @Test
    void theOrderInWhichNodesAreKnownDoesNotMatterAndAllGetAShare() {
        Map<NodeId, Integer> shares = new HashMap<>();
        for (int job = 0; job < 1000; job++) {
            List<NodeId> mixed = new ArrayList<>(NODES);
            Collections.shuffle(mixed, new Random(job));
            Optional<NodeId> owner = Rendezvous.of("live/stream" + job, NODES);
            assertEquals(owner, Rendezvous.of("live/stream" + job, mixed));
            shares.merge(owner.orElseThrow(), 1, Integer::sum);
        }
        assertEquals(5, shares.size());
        assertTrue(shares.values().stream().allMatch(share -> share > 120 && share < 280), shares::toString);
    }

    @Test
    void whenANodeGoesOnlyItsJobsMove() {
        List<NodeId> left = NODES.subList(1, 5);
        for (int job = 0; job < 1000; job++) {
            NodeId before = Rendezvous.of("live/stream" + job, NODES).orElseThrow();
            if (!before.equals(NODES.get(0))) {
                assertEquals(before, Rendezvous.of("live/stream" + job, left).orElseThrow());
            }
        }
    }
}
