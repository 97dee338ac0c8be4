package io.headwater.cluster;

import io.headwater.stream.StreamDecision;
import io.headwater.stream.StreamDecision.Kind;
import io.headwater.topology.Action;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.StreamView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What one step of a stream's plan means for the stream's life, in words for others than the cluster. */
final class StreamLife {
    private StreamLife() {}

    /**
     * @param own the group of the entity
     * @param before what the entity knew before the step, nothing if it knew of no stream
     * @param after what it knows now
     */
    static List<StreamDecision> decisions(
            NodeGroup own, Optional<StreamView> before, Optional<StreamView> after, List<Action> actions) {
        List<StreamDecision> decisions = new ArrayList<>();
        for (Action action : actions) {
            if (action instanceof Action.Note note) {
                decision(note, own, before, after).ifPresent(decisions::add);
            }
        }
        return decisions;
    }

    private static Optional<StreamDecision> decision(
            Action.Note note, NodeGroup own, Optional<StreamView> before, Optional<StreamView> after) {
        String to = name(note.to());
        return switch (note.kind()) {
            case MAIN_ORIGIN -> {
                boolean known = before.filter(view -> view.epoch() > 0).isPresent();
                String from =
                        before.flatMap(StreamView::mainOrigin).map(NodeId::name).orElse(name(note.from()));
                yield Optional.of(new StreamDecision(
                        known ? Kind.ORIGIN_MOVED : Kind.STARTED, from, to, own.name(), epoch(after)));
            }
            case SECONDARY_ORIGIN ->
                to.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new StreamDecision(
                                Kind.SECONDARY_ELECTED, name(note.from()), to, own.name(), epoch(after)));
            case ENDED -> Optional.of(new StreamDecision(Kind.ENDED, "", "", own.name(), epoch(before)));
            case HELD, CONCEDED, PREVAILED, EPOCH_TIE, FENCED, REFUSED -> Optional.empty();
        };
    }

    private static long epoch(Optional<StreamView> view) {
        return view.map(StreamView::epoch).orElse(0L);
    }

    private static String name(String shown) {
        return shown.equals("-") ? "" : shown;
    }
}
