package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.headwater.stream.StreamDecision;
import io.headwater.stream.StreamDecision.Kind;
import io.headwater.topology.Action;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.StreamView;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What docs/webhooks.md says follows what. */
class StreamLifeTest {
    private static final NodeGroup OWN = new NodeGroup("region2");
    private static final Optional<StreamView> NOTHING = Optional.empty();

    /** @param main its main origin, empty while a publisher is waited for */
    private static Optional<StreamView> view(long epoch, String main) {
        Optional<NodeId> node = main.isEmpty() ? Optional.empty() : Optional.of(new NodeId(main));
        return Optional.of(new StreamView(true, epoch, OWN, node, List.of()));
    }

    private static List<StreamDecision> told(
            Optional<StreamView> before, Optional<StreamView> after, Action.Note.Kind kind, String from, String to) {
        return StreamLife.decisions(OWN, before, after, List.of(new Action.Note(kind, from, to, "why")));
    }

    private static List<StreamDecision> one(Kind kind, String from, String to, long epoch) {
        return List.of(new StreamDecision(kind, from, to, "region2", epoch));
    }

    @Test
    void aStreamThatWasNotThereStartsAndOneThatIsMoves() {
        Action.Note.Kind main = Action.Note.Kind.MAIN_ORIGIN;
        assertEquals(one(Kind.STARTED, "", "b1", 5), told(NOTHING, view(5, "b1"), main, "-", "b1"));
        assertEquals(one(Kind.ORIGIN_MOVED, "a1", "b1", 6), told(view(5, "a1"), view(6, "b1"), main, "-", "b1"));
        assertEquals(one(Kind.ORIGIN_MOVED, "", "b1", 6), told(view(5, ""), view(6, "b1"), main, "-", "b1"));
    }

    @Test
    void aRoleThatNobodyTakesIsToldToNobody() {
        Action.Note.Kind secondary = Action.Note.Kind.SECONDARY_ORIGIN;
        Optional<StreamView> there = view(5, "a1");
        assertEquals(one(Kind.SECONDARY_ELECTED, "", "b1", 5), told(there, there, secondary, "-", "b1"));
        assertEquals(one(Kind.SECONDARY_ELECTED, "b1", "b2", 5), told(there, there, secondary, "b1", "b2"));
        assertEquals(List.of(), told(there, there, secondary, "b1", "-"));
    }

    @Test
    void anEndIsToldAndBeingHeldIsNot() {
        assertEquals(one(Kind.ENDED, "", "", 5), told(view(5, ""), NOTHING, Action.Note.Kind.ENDED, "a1", "-"));
        assertEquals(List.of(), told(view(5, "a1"), view(5, ""), Action.Note.Kind.HELD, "a1", "-"));
    }
}
