package io.headwater.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.codec.MalformedException;
import io.headwater.topology.NodeGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The server's settings, of which REST changes one, the node group. What a body does not name stays as it is; a body that
 * names another setting with a value it does not have is refused, since saying "done" would be a lie.
 */
final class SettingsRoutes {
    private static final String NODE_GROUP = "nodeGroup";

    private final LocalNode node;
    private final GroupControl control;

    SettingsRoutes(LocalNode node, GroupControl control) {
        this.node = node;
        this.control = control;
    }

    List<Route> routes() {
        return List.of(
                Route.getNow("/rest/v2/server-settings", call -> Answer.ok(ServerSettingsView.of(node)))
                        .saying("The settings of this node, without secrets"),
                Route.post("/rest/v2/server-settings", this::change)
                        .saying("Moves this node to another node group while it serves"),
                Route.post("/rest/changeServerSettings", this::change).saying("The same by its older name"));
    }

    private CompletionStage<Answer> change(Call call) throws MalformedException {
        JsonNode body = call.json();
        List<String> ignored = new ArrayList<>();
        Optional<String> refusal = checkOthers(body, ignored);
        if (refusal.isPresent()) {
            return answered(Answer.refused(400, refusal.get()));
        }
        String note = ignored.isEmpty() ? "" : "ignored, not known here: " + String.join(", ", ignored);
        if (!body.has(NODE_GROUP)) {
            return answered(
                    ignored.isEmpty()
                            ? Answer.success("")
                            : Answer.refused(
                                    400, "the body names no setting of this server, expected nodeGroup; " + note));
        }
        JsonNode value = body.get(NODE_GROUP);
        if (!value.isTextual() || !NodeGroup.isValid(value.textValue())) {
            return answered(Answer.refused(
                    400,
                    NODE_GROUP + " is " + shown(value) + ", expected a text of 1 to 64 letters, digits, '-' or '_'"));
        }
        return control.change(new NodeGroup(value.textValue()))
                .handle((message, failed) -> failed == null
                        ? Answer.success(joined(message, note))
                        : Answer.refused(500, "nodeGroup was not changed: " + reason(failed)));
    }

    /** Lets a body pass that repeats what GET said, as scripts do that read, change one field and write all back. */
    private Optional<String> checkOthers(JsonNode body, List<String> ignored) {
        ObjectNode current = Json.tree(ServerSettingsView.of(node));
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            String name = field.getKey();
            if (name.equals(NODE_GROUP)) {
                continue;
            }
            JsonNode known = current.get(name);
            if (known == null) {
                ignored.add(Call.printable(name));
            } else if (!known.equals(field.getValue())) {
                return Optional.of(name + " is " + shown(field.getValue()) + ", but cannot be changed by REST (it is "
                        + shown(known) + "); nothing was changed");
            }
        }
        return Optional.empty();
    }

    private static CompletionStage<Answer> answered(Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }

    private static String shown(JsonNode value) {
        return Call.printable(value.toString());
    }

    private static String joined(String first, String second) {
        return first.isEmpty() || second.isEmpty() ? first + second : first + "; " + second;
    }

    private static String reason(Throwable failed) {
        Throwable cause = failed.getCause() == null ? failed : failed.getCause();
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
