package io.headwater.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /** What is announced again, or arrives twice, is the same conflict. */
    @Test
    void aConflictIsToldOnceForEachSessionThatLost() {
        NodeGroup other = new NodeGroup("b");
        Peer main = new Peer(new NodeId("n1"), new NodeGroup("a"), "h", 5000);
        Peer theirs = new Peer(new NodeId("m1"), other, "h", 5001);
        ClusterView view =
                new ClusterView(main.group(), Map.of(main.node(), 1L), Set.of(), Set.of(other), Set.of(), Set.of());
        OriginPlan plan = OriginPlan.create().on(new Event.Started(view, 0)).next();
        plan = plan.on(new Event.TimerFired(Timer.of(Timer.Kind.RECOVER))).next();
        plan = plan.on(new Event.Publish(main, 1, ConflictPolicy.TAKEOVER, 15_000, 1_000, 0))
                .next();
        List<String> told = new ArrayList<>();
        for (long epoch : new long[] {5, 5, 5, 6, 6}) {
            HomeStatus status = new HomeStatus(other, epoch, epoch, Optional.of(theirs), 15_000, false);
            OriginPlan.Step step = plan.on(new GroupMessage.Announce(other, status));
            plan = step.next();
            step.actions().stream()
                    .filter(action -> action instanceof Action.Note note && note.kind() == Action.Note.Kind.PREVAILED)
                    .map(note -> epoch + " prevailed over")
                    .forEach(told::add);
        }
        assertEquals(List.of("5 prevailed over", "6 prevailed over"), told);
    }
}
