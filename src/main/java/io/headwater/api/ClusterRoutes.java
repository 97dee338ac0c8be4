package io.headwater.api;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The nodes of the cluster; today's spellings and the ones of the first version. */
final class ClusterRoutes {
    private final ClusterQueries cluster;

    ClusterRoutes(ClusterQueries cluster) {
        this.cluster = cluster;
    }

    List<Route> routes() {
        return List.of(
                Route.getNow(
                        "/rest/v2/cluster-mode-status", call -> Answer.ok(Answer.result(cluster.clusterMode(), "", 0))),
                Route.get("/rest/v2/cluster/node-count", this::count),
                Route.get("/rest/v2/cluster/nodes/{offset}/{size}", this::nodes),
                Route.get("/rest/cluster/node-count", this::count),
                Route.get("/rest/cluster/nodes/{offset}/{size}", this::nodes));
    }

    private java.util.concurrent.CompletionStage<Answer> count(Call call) {
        return cluster.members().thenApply(members -> Answer.ok(Answer.number(members.size())));
    }

    private java.util.concurrent.CompletionStage<Answer> nodes(Call call) throws io.headwater.codec.MalformedException {
        Call.Page page = call.page();
        return cluster.members()
                .thenApply(members -> Answer.ok(page.of(members.stream()
                        .sorted(Comparator.comparing(ClusterQueries.Member::node))
                        .map(ClusterRoutes::json))));
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
        json.put("httpPort", member.httpPort());
        json.put("streams", member.streams());
        json.put("viewers", member.viewers());
        return json;
    }
}
