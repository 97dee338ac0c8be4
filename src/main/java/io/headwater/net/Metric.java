package io.headwater.net;

/**
 * Every counter of a node: the one place where their names live. A name never contains what a peer said.
 *
 * <p>{@link #wireName()} is what {@code /rest/v2/node} shows; it ends in what is counted.
 */
public enum Metric {
    /** Publishing sessions that were granted on this node. */
    PUBLISH_GRANTED("publish.granted"),
    /** Publishers that were refused, for whatever reason. */
    PUBLISH_REFUSED("publish.refused"),
    /** Publishers of this node that a newer publisher replaced. */
    PUBLISH_SUPERSEDED("publish.superseded");

    private final String wireName;

    Metric(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }
}
