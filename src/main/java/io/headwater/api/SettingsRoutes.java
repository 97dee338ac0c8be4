package io.headwater.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.codec.MalformedException;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The server's settings, of which REST changes one, the node group. What a body does not name stays as it is; a body that
 * names another setting with a value it does not have is refused, since saying "done" would be a lie.
 */
final class SettingsRoutes {
    private static final String NODE_GROUP = "nodeGroup";

    private final LocalNode node;
    private final GroupControl control;
    private final ClusterQueries cluster;
    private final ClusterControl actions;
    private final Operations operations;

    SettingsRoutes(
            LocalNode node,
            GroupControl control,
            ClusterQueries cluster,
            ClusterControl actions,
            Operations operations) {
        this.node = node;
        this.control = control;
        this.cluster = cluster;
        this.actions = actions;
        this.operations = operations;
    }

    List<Route> routes() {
        String ofAny = "/rest/v2/cluster/node/{id}/server-settings";
        return List.of(
                Route.getNow("/rest/v2/server-settings", call -> Answer.ok(own()))
                        .saying("The settings of this node, without secrets"),
                Route.post("/rest/v2/server-settings", this::changeOwn)
                        .saying("Moves this node to another node group while it serves"),
                Route.post("/rest/changeServerSettings", this::changeOwn).saying("The same by its older name"),
                Route.get(ofAny, this::ofAny).saying("The settings of a node, asked of any node"),
                Route.post(ofAny, this::changeAny)
                        .saying("Moves a node to another group while it serves, asked of any node"));
    }

    private Map<String, Object> own() {
        Map<String, String> levels = operations.logLevels();
        return ServerSettingsView.of(node, levels.getOrDefault("io.headwater", levels.getOrDefault("ROOT", "INFO")));
    }

    private CompletionStage<Answer> changeOwn(Call call) throws MalformedException {
        JsonNode body = call.json();
        checkGroup(body);
        return change(body, own(), control::change);
    }

    private static void checkGroup(JsonNode body) throws MalformedException {
        JsonNode value = body.path(NODE_GROUP);
        if (!value.isMissingNode() && (!value.isTextual() || !NodeGroup.isValid(value.textValue()))) {
            throw new MalformedException(
                    NODE_GROUP + " is " + shown(value) + ", expected a text of 1 to 64 letters, digits, '-' or '_'");
        }
    }

    private CompletionStage<Answer> ofAny(Call call) throws MalformedException {
        NodeId id = ClusterRoutes.node(call);
        return id.equals(node.id())
                ? answered(Answer.ok(own()))
                : member(id)
                        .thenApply(found -> found.map(member -> Answer.ok(ServerSettingsView.of(member)))
                                .orElseGet(() -> unknown(id)));
    }

    private CompletionStage<Answer> changeAny(Call call) throws MalformedException {
        NodeId id = ClusterRoutes.node(call);
        if (id.equals(node.id())) {
            return changeOwn(call);
        }
        JsonNode body = call.json();
        checkGroup(body);
        return member(id).thenCompose(found -> {
            if (found.isEmpty()) {
                return answered(unknown(id));
            }
            ClusterQueries.Member member = found.get();
            return member.alive()
                    ? change(body, ServerSettingsView.of(member), group -> actions.changeGroup(id, group))
                    : answered(Answer.refused(
                            503, "node " + id + " is " + member.state() + "; nothing was changed, try again later"));
        });
    }

    private CompletionStage<Optional<ClusterQueries.Member>> member(NodeId id) {
        return cluster.members()
                .thenApply(members -> members.stream()
                        .filter(member -> member.node().equals(id))
                        .findFirst());
    }

    private static Answer unknown(NodeId id) {
        return Answer.refused(404, "there is no node " + id);
    }

    /** @param current the settings of the node that is to change */
    private static CompletionStage<Answer> change(
            JsonNode body, Map<String, Object> current, Function<NodeGroup, CompletionStage<String>> move) {
        List<String> ignored = new ArrayList<>();
        Optional<String> refusal = checkOthers(body, Json.tree(current), ignored);
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
        return move.apply(new NodeGroup(body.get(NODE_GROUP).textValue()))
                .handle((message, failed) -> failed == null ? Answer.success(joined(message, note)) : failure(failed));
    }

    /** Lets a body pass that repeats what GET said, as scripts do that read, change one field and write all back. */
    private static Optional<String> checkOthers(JsonNode body, ObjectNode current, List<String> ignored) {
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

    private static Answer failure(Throwable failed) {
        Throwable cause = failed.getCause() == null ? failed : failed.getCause();
        if (cause instanceof CallRefused refused) {
            return Answer.refused(refused.status(), refused.reason());
        }
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return Answer.refused(500, "nodeGroup was not changed: " + reason);
    }
}
