package io.headwater.api;

import io.headwater.codec.MalformedException;
import io.headwater.topology.NodeId;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The nodes of the cluster; today's spellings and the ones of the first version. */
final class ClusterRoutes {
    private final ClusterQueries cluster;
    private final ClusterControl control;

    ClusterRoutes(ClusterQueries cluster, ClusterControl control) {
        this.cluster = cluster;
        this.control = control;
    }

    List<Route> routes() {
        return List.of(
                Route.getNow(
                                "/rest/v2/cluster-mode-status",
                                call -> Answer.ok(Answer.result(cluster.clusterMode(), "", 0)))
                        .saying("Whether this node is one of several"),
                Route.get("/rest/v2/cluster/node-count", this::count)
                        .answering("Number")
                        .saying("How many nodes there are"),
                Route.get("/rest/v2/cluster/nodes/{offset}/{size}", this::nodes)
                        .saying("The nodes of the cluster, and those that were lost lately")
                        .answering("Nodes"),
                Route.delete("/rest/v2/cluster/node/{id}", this::remove)
                        .saying("Takes a node out of the membership that cannot be reached"),
                Route.post("/rest/v2/cluster/node/{id}/drain", this::drain)
                        .asking("within")
                        .saying("Takes a node out of service, whichever it is"),
                Route.guardedGet("/rest/cluster/deleteNode/{id}", this::remove)
                        .answering("Result")
                        .saying("The same by its older name"),
                Route.get("/rest/cluster/node-count", this::count)
                        .answering("Number")
                        .saying("The same by its older name"),
                Route.get("/rest/cluster/nodes/{offset}/{size}", this::nodes)
                        .answering("Nodes")
                        .saying("The same by its older name"));
    }

    private java.util.concurrent.CompletionStage<Answer> count(Call call) {
        return cluster.members()
                .thenApply(members -> Answer.ok(Answer.number(
                        members.stream().filter(member -> !member.isDown()).count())));
    }

    private java.util.concurrent.CompletionStage<Answer> nodes(Call call) throws io.headwater.codec.MalformedException {
        Call.Page page = call.page();
        return cluster.members()
                .thenApply(members -> Answer.ok(page.of(members.stream()
                        .sorted(Comparator.comparing(ClusterQueries.Member::node))
                        .map(ClusterRoutes::json))));
    }

    private java.util.concurrent.CompletionStage<Answer> remove(Call call) throws MalformedException {
        NodeId node = node(call);
        return CompletableFuture.completedFuture(
                switch (control.remove(node)) {
                    case REMOVED -> Answer.success("");
                    case ALIVE -> Answer.failure(node + " is alive: drain it, and end its process");
                    case UNKNOWN -> Answer.failure("there is no node " + node);
                });
    }

    private java.util.concurrent.CompletionStage<Answer> drain(Call call) throws MalformedException {
        NodeId node = node(call);
        Optional<String> within = Optional.ofNullable(call.query().get("within"));
        Optional<Duration> limit =
                within.isPresent() ? Optional.of(NodeRoutes.duration(within.get())) : Optional.empty();
        return control.drain(node, limit)
                .thenApply(how -> how.map(Answer::success)
                        .orElseGet(() -> Answer.failure("there is no node " + node + ", or it does not answer")));
    }

    static NodeId node(Call call) throws MalformedException {
        String id = call.text("id");
        if (!NodeId.isValid(id)) {
            throw new MalformedException(
                    "node id is '" + Call.printable(id) + "', expected 1 to 64 letters, digits, '-' or '_'");
        }
        return new NodeId(id);
    }

    /** Of how many streams it is what, in the words of a stream's topology. */
    static Map<String, Integer> roles(ClusterQueries.Member member) {
        Map<String, Integer> roles = new LinkedHashMap<>();
        roles.put("mainOrigin", member.roles().mainOrigin());
        roles.put("secondaryOrigin", member.roles().secondaryOrigin());
        roles.put("edge", member.roles().edge());
        return roles;
    }

    /** The original's fields with its spellings first, then what it lacks. */
    private static Map<String, Object> json(ClusterQueries.Member member) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", member.node().name());
        json.put("ip", member.host());
        json.put("lastUpdateTime", member.reportedAtMs());
        json.put("memory", member.usedMemoryMb() + "/" + member.totalMemoryMb());
        json.put("cpu", Integer.toString(member.cpuPercent()));
        json.put("dbQueryAveargeTimeMs", 0);
        json.put("status", member.alive() ? "alive" : "dead");
        json.put("state", member.state());
        json.put("nodeGroup", member.group().name());
        json.put("version", member.version());
        json.put("httpPort", member.ports().http());
        json.put("livePort", member.ports().live());
        json.put("streams", member.streams());
        json.put("viewers", member.viewers());
        json.put("roles", roles(member));
        return json;
    }
}
