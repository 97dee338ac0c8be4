package io.headwater.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The steps of the scenario, which of them held so far, and which one failed. */
final class Scenario {
    /** What is known of one step. */
    enum State {
        OPEN,
        HELD,
        FAILED
    }

    /** The steps in their order. */
    enum Step {
        CLUSTER("four nodes in two regions are one cluster"),
        MAIN_ORIGIN("origin1 takes the publisher and is the main origin"),
        EDGE_11("the player on edge11 is served; edge11 pulls from origin1"),
        EDGE_21("the player on edge21 is served; edge21 is region2's secondary origin and pulls from origin1"),
        EDGE_22("the player on edge22 is served; edge22 pulls from edge21, not from origin1"),
        SAME_TREE("every node tells the same tree"),
        WHOLE("every player has every picture once, in order");

        private final String text;

        Step(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    private final Map<Step, State> states = new LinkedHashMap<>();
    private final Map<Step, String> details = new LinkedHashMap<>();

    Scenario() {
        for (Step step : Step.values()) {
            states.put(step, State.OPEN);
        }
    }

    synchronized void held(Step step) {
        states.put(step, State.HELD);
    }

    synchronized void failed(Step step, String detail) {
        states.put(step, State.FAILED);
        details.put(step, detail);
    }

    synchronized boolean isHeld(Step step) {
        return states.get(step) == State.HELD;
    }

    /** Steps that did not hold, each with what was seen instead. */
    synchronized List<String> problems() {
        List<String> problems = new ArrayList<>();
        states.forEach((step, state) -> {
            if (state != State.HELD) {
                problems.add("did not hold: " + step.text()
                        + Optional.ofNullable(details.get(step))
                                .map(seen -> " (" + seen + ")")
                                .orElse(""));
            }
        });
        return problems;
    }

    /** One line a step, with a tick or a cross; if it has to be short, steps that held are one line together. */
    synchronized List<String> lines(boolean isShort) {
        List<String> lines = new ArrayList<>();
        long held = states.values().stream().filter(State.HELD::equals).count();
        if (isShort) {
            lines.add("  " + shown(State.HELD) + " " + held + " of " + states.size() + " steps of the scenario hold");
        }
        states.forEach((step, state) -> {
            if (!isShort || state != State.HELD) {
                lines.add("  " + shown(state) + " " + step.text());
            }
        });
        return lines;
    }

    private static String shown(State state) {
        return switch (state) {
            case OPEN -> Mark.DIM.on("·");
            case HELD -> Mark.GOOD.on("✓");
            case FAILED -> Mark.BAD.on("✗");
        };
    }

    /** Whether the tree says that {@code node} is fed by {@code feed} in that role. */
    static boolean feeds(JsonNode topology, String feed, String node, String role) {
        for (JsonNode one : topology.path("nodes")) {
            if (one.path("nodeId").asText().equals(node)) {
                return one.path("feed").asText().equals(feed)
                        && one.path("role").asText().equals(role);
            }
        }
        return false;
    }
}
