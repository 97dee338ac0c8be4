package io.headwater.cluster;

/** How far a node's membership is. */
public enum NodeStatus {
    JOINING("joining"),
    UP("up"),
    LEAVING("leaving"),
    UNREACHABLE("unreachable");

    private final String wireName;

    NodeStatus(String wireName) {
        this.wireName = wireName;
    }

    /** The spelling of the REST API. */
    public String wireName() {
        return wireName;
    }
}
