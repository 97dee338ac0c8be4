package io.headwater.topology;

/** What a node is to one stream. */
public enum Role {
    /** The publisher is connected to it. */
    MAIN_ORIGIN("mainOrigin"),
    /** It pulls the stream from outside its group and feeds the rest of the group. */
    SECONDARY_ORIGIN("secondaryOrigin"),
    /** Any other node that has the stream. */
    EDGE("edge");

    private final String wireName;

    Role(String wireName) {
        this.wireName = wireName;
    }

    /** The spelling of the REST API. */
    public String wireName() {
        return wireName;
    }
}
