package io.headwater.cluster;

/** How far a node's membership is. */
public enum NodeStatus {
    JOINING("joining"),
    UP("up"),
    /** A full member that takes no new work, since it is about to leave. */
    DRAINING("draining"),
    LEAVING("leaving"),
    UNREACHABLE("unreachable"),
    /** No member any more: it was lost, and that is not long ago. */
    DOWN("down");

    private final String wireName;

    NodeStatus(String wireName) {
        this.wireName = wireName;
    }

    /** The spelling of the REST API. */
    public String wireName() {
        return wireName;
    }
}
