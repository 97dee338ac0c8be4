package io.headwater.net;

/**
 * Every counter of a node: the one place where their names live. A name never contains what a peer said.
 *
 * <p>{@link #wireName()} is what {@code /rest/v2/node} shows; it ends in what is counted.
 */
public enum Metric {
    /** Connections the server for live media over HTTP took. */
    LIVE_CONNECTIONS_OPENED("live.connections.opened"),
    /** Those of them that are over; opened minus closed are open now. */
    LIVE_CONNECTIONS_CLOSED("live.connections.closed"),
    /** Connections beyond a limit, in all or of one address. */
    LIVE_CONNECTIONS_REFUSED("live.connections.refused"),
    /** Requests that were malformed, too long, too slow, or for something else than a stream. */
    LIVE_REQUESTS_REFUSED("live.requests.refused"),
    /** Players that got their first frame over HTTP or a WebSocket. */
    LIVE_PLAYS_STARTED("live.plays.started"),
    /** Those of them that are over. */
    LIVE_PLAYS_ENDED("live.plays.ended"),
    /** Players that were told that there is no such stream, or no place for them. */
    LIVE_PLAYS_REFUSED("live.plays.refused"),

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
