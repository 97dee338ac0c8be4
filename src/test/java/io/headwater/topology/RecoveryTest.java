package io.headwater.topology;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecoveryTest {
    @Test
    void aStartingEntityWaitsForItsNodesAsLongAsItIsTold() {
        ClusterView view = new ClusterView(
                new NodeGroup("a"), Map.of(new NodeId("n1"), 1L, new NodeId("n2"), 2L), Set.of(), Set.of(), Set.of());
        OriginPlan.Step step = OriginPlan.create().on(new Event.Started(view, 1_234));
        assertTrue(
                step.actions().contains(new Action.SetTimer(Timer.of(Timer.Kind.RECOVER), 1_234)),
                step.actions().toString());
    }
}
