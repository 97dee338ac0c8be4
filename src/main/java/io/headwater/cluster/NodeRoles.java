package io.headwater.cluster;

import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;

/**
 * What a node says about itself in its member's roles, so that whoever sees the member knows where to pull from it
 * without asking.
 */
record NodeRoles(
        NodeId node, String relayHost, int relayPort, int httpPort, int rtmpPort, String version, long sinceMs) {

    List<String> toRoles() {
        return List.of(
                "node:" + node,
                "relay:" + relayHost + ":" + relayPort,
                "http:" + httpPort,
                "rtmp:" + rtmpPort,
                "version:" + version,
                "since:" + sinceMs);
    }

    /** What {@code member} says about itself, or nothing if it is no node of ours. */
    static Optional<NodeRoles> of(Member member) {
        String node = role(member, "node:");
        String relay = role(member, "relay:");
        int colon = relay.lastIndexOf(':');
        if (!NodeId.isValid(node) || colon < 1) {
            return Optional.empty();
        }
        return Optional.of(new NodeRoles(
                new NodeId(node),
                relay.substring(0, colon),
                (int) number(relay.substring(colon + 1)),
                (int) number(role(member, "http:")),
                (int) number(role(member, "rtmp:")),
                role(member, "version:"),
                number(role(member, "since:"))));
    }

    /** The node behind {@code member}, or nothing if it is no node of ours. */
    static Optional<ClusterNode> node(Member member, boolean reachable) {
        return NodeGroup.isValid(member.dataCenter())
                ? of(member)
                        .map(roles -> new ClusterNode(
                                new Peer(
                                        roles.node,
                                        new NodeGroup(member.dataCenter()),
                                        roles.relayHost,
                                        roles.relayPort),
                                roles.httpPort,
                                roles.rtmpPort,
                                roles.version,
                                roles.sinceMs,
                                place(member.address()),
                                status(member.status(), reachable)))
                : Optional.empty();
    }

    static String place(Address address) {
        return address.getHost().orElse("") + ":" + address.getPort().orElse(0);
    }

    private static NodeStatus status(MemberStatus status, boolean reachable) {
        if (!reachable) {
            return NodeStatus.UNREACHABLE;
        }
        if (status.equals(MemberStatus.up())) {
            return NodeStatus.UP;
        }
        return status.equals(MemberStatus.joining()) || status.equals(MemberStatus.weaklyUp())
                ? NodeStatus.JOINING
                : NodeStatus.LEAVING;
    }

    private static String role(Member member, String prefix) {
        return member.getRoles().stream()
                .filter(role -> role.startsWith(prefix))
                .findFirst()
                .map(role -> role.substring(prefix.length()))
                .orElse("");
    }

    private static long number(String text) {
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }
}
