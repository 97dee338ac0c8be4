package io.headwater.net;

/**
 * Every counter of a node: the one place where their names live. A name never contains what a peer said.
 *
 * <p>{@link #wireName()} is what {@code /rest/v2/node} shows; it ends in what is counted.
 */
public enum Metric {
    /** Requests beyond what one address may ask in a second, over HTTP, and connections over RTMP likewise. */
    LIMITS_REQUESTS_REFUSED("limits.requests.refused"),
    /** The same beyond what all addresses together may ask. */
    LIMITS_REQUESTS_REFUSED_IN_ALL("limits.requests.refused-in-all"),
    /** Addresses whose requests are not remembered any more because too many others came. */
    LIMITS_ADDRESSES_FORGOTTEN("limits.addresses.forgotten"),

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

    /** Requests for HLS playlists and files. */
    HLS_REQUESTS("hls.requests"),
    /** Those of them that were answered with an error. */
    HLS_REFUSED("hls.requests.refused"),
    /** Those that waited for what was still to come. */
    HLS_BLOCKED("hls.requests.blocked"),
    /** Those that could not wait because too many did. */
    HLS_BLOCKED_REFUSED("hls.requests.blocked-refused"),
    /** Those that waited in vain. */
    HLS_BLOCKED_LATE("hls.requests.blocked-late"),
    /** Streams that began to be packaged here, because somebody asked; less {@link #HLS_STREAMS_ENDED} it is those now. */
    HLS_STREAMS_STARTED("hls.streams.started"),
    HLS_STREAMS_ENDED("hls.streams.ended"),
    /** Streams that were not packaged because the node has no room for another. */
    HLS_STREAMS_REFUSED("hls.streams.refused"),
    /** Streams that were not looked for because too many others are, in all or for the address that asked. */
    HLS_CONNECTING_REFUSED("hls.streams.connecting-refused"),
    /** Parts and segments that were made. */
    HLS_PARTS("hls.parts"),
    HLS_SEGMENTS("hls.segments"),
    /** Segments that could not be made because frames of theirs never came here. */
    HLS_GAPS("hls.gaps"),
    /** Segments that were not listed because their numbers had been given to others. */
    HLS_SEGMENTS_LATE("hls.segments.late"),
    /** Times the segments before were let go of because the numbers that followed were too far away. */
    HLS_WINDOWS_DROPPED("hls.windows.dropped"),
    /** Viewers that were not counted because too many are told apart. */
    HLS_SESSIONS_REFUSED("hls.sessions.refused"),

    /** Connections to the RTMP port that were taken. */
    RTMP_CONNECTIONS_OPENED("rtmp.connections.opened"),
    /** Those of them that are over. */
    RTMP_CONNECTIONS_CLOSED("rtmp.connections.closed"),
    /** Connections beyond a limit, closed at once. */
    RTMP_CONNECTIONS_REFUSED("rtmp.connections.refused"),
    /** Connections closed because the peer broke the protocol. */
    RTMP_MALFORMED("rtmp.malformed"),
    /** Connections closed because the peer did not finish its handshake, or say what it wants, in time. */
    RTMP_TIMEOUTS("rtmp.timeouts"),
    /** Publishers closed because they were silent. */
    RTMP_PUBLISHERS_SILENT("rtmp.publishers.silent"),
    /** Publishers that were taken. */
    RTMP_PUBLISHERS_STARTED("rtmp.publishers.started"),
    /** Those of them that are over. */
    RTMP_PUBLISHERS_ENDED("rtmp.publishers.ended"),
    /** Plays that began, whether the stream was there or not. */
    RTMP_PLAYERS_STARTED("rtmp.players.started"),
    /** Those of them that are over. */
    RTMP_PLAYERS_ENDED("rtmp.players.ended"),
    /** Bytes read from RTMP connections. */
    RTMP_BYTES_IN("rtmp.bytes.in"),
    /** Tags of publishers that were not passed on: unknown, empty, or before their decoder configuration. */
    RTMP_TAGS_DROPPED("rtmp.tags.dropped"),

    /** Publishes and plays that were refused because too many wait for the cluster. */
    CLUSTER_CALLS_REFUSED("cluster.calls.refused"),
    /** Times a stream's entity was silent and the nodes were asked instead. */
    CLUSTER_ENTITY_SILENT("cluster.entity.silent"),
    /** Times all nodes were asked who holds a stream. */
    CLUSTER_NODES_ASKED("cluster.nodes.asked"),
    /** Times this node heard of a stream's new session from its publisher's node or another group first. */
    CLUSTER_SESSIONS_TOLD("cluster.sessions.told"),
    /** Publishing sessions this node granted by itself because the entity was silent. */
    CLUSTER_GRANTED_ALONE("cluster.granted.alone"),
    /** Times the control plane of this node started again. */
    CLUSTER_RESTARTS("cluster.restarts"),
    /** Connections to the cluster port whose opener did not prove the cluster's secret or show a certificate of it. */
    CLUSTER_CONNECTIONS_REFUSED("cluster.connections.refused"),
    /** Connections this node made to others that did not. */
    CLUSTER_PEERS_REFUSED("cluster.peers.refused"),
    /** Dead members that this node took out because its group had no full member left that could. */
    CLUSTER_DEAD_TAKEN_OUT("cluster.dead.taken-out"),
    /** Connections to other servers this node tried to make, to send streams or to fetch them. */
    REMOTE_ATTEMPTS("remote.attempts"),
    /** Those of them that failed or ended although they were wanted. */
    REMOTE_FAILURES("remote.failures"),
    /** Times one more connection was wanted than there may be. */
    REMOTE_REFUSED("remote.refused"),
    /** Publishers whose broadcast nobody created, in applications that want that. */
    UNREGISTERED_REFUSED("publish.unregistered.refused"),
    /** Broadcasts that were not kept because there are too many, or they are too large. */
    BROADCASTS_REFUSED("broadcasts.refused"),
    /** Main origins that changed, of streams whose entity is on this node. */
    TOPOLOGY_MAIN_ORIGIN("topology.main-origin.changed"),
    /** Secondary origins that changed. */
    TOPOLOGY_SECONDARY_ORIGIN("topology.secondary-origin.changed"),
    /** Streams whose publisher left and whose players were held. */
    TOPOLOGY_HELD("topology.streams.held"),
    /** Streams that ended. */
    TOPOLOGY_ENDED("topology.streams.ended"),
    /** Streams published twice at once where this side gave way. */
    TOPOLOGY_CONCEDED("topology.conflicts.conceded"),
    /** Streams published twice at once where the other side gives way. */
    TOPOLOGY_PREVAILED("topology.conflicts.prevailed"),
    /** Sessions of one epoch, settled by name. */
    TOPOLOGY_EPOCH_TIE("topology.conflicts.tied"),
    /** Publishers of an older session that were told to stop. */
    TOPOLOGY_FENCED("topology.publishers.fenced"),
    /** Requests refused by an entity because a limit was reached. */
    TOPOLOGY_REFUSED("topology.requests.refused"),
    /** Calls of the REST API, whatever became of them. */
    API_REQUESTS("api.requests"),
    /** Calls that were answered with an error. */
    API_REFUSED("api.refused"),
    /** Connections to the HTTP port that were taken, those for HLS included. */
    HTTP_CONNECTIONS_OPENED("http.connections.opened"),
    /** Connections beyond what one address may have. */
    HTTP_CONNECTIONS_REFUSED("http.connections.refused"),
    /** Connections that were ended because no whole request came in time. */
    HTTP_CONNECTIONS_IDLE("http.connections.idle"),
    /** Connections that ended before anything was asked on them: probes, and strangers to TLS at the port that speaks it. */
    HTTP_CONNECTIONS_UNUSED("http.connections.unused"),
    /** Handshakes over TLS that failed, on the ports of publishers and players, and of the relay. */
    TLS_HANDSHAKES_FAILED("tls.handshakes.failed"),
    /** Times certificates were read again because their files changed, and those that could not be used. */
    TLS_RELOADED("tls.reloaded"),
    TLS_RELOAD_FAILED("tls.reload-failed"),
    /** Calls without a token that need one, or with a wrong one. */
    API_UNAUTHORIZED("api.refused.unauthorized"),
    /** Calls that change something from a network that may not. */
    API_FORBIDDEN("api.refused.forbidden"),
    /** What came over a REST connection and was no HTTP request. */
    API_MALFORMED("api.malformed"),
    /** Publishers and players that brought what their application asks for; where it asks for nothing they are not counted. */
    ACCESS_PUBLISH_ALLOWED("access.publish.allowed"),
    ACCESS_PLAY_ALLOWED("access.play.allowed"),
    /** Publishers and players that did not. */
    ACCESS_PUBLISH_REFUSED("access.publish.refused"),
    ACCESS_PLAY_REFUSED("access.play.refused"),
    /** Sessions ended because their permission expired. */
    ACCESS_SESSIONS_EXPIRED("access.sessions.expired"),
    /** Sessions ended because their permission was taken back, or their token used elsewhere. */
    ACCESS_SESSIONS_REVOKED("access.sessions.revoked"),
    /** Players that an operator ended. */
    VIEWERS_ENDED("viewers.ended"),
    /** Webhooks that were asked, and those that failed or did not answer in time. */
    ACCESS_HOOKS_ASKED("access.hooks.asked"),
    ACCESS_HOOKS_FAILED("access.hooks.failed"),
    /** Webhooks that were not asked because too many were at once. */
    ACCESS_HOOKS_SATURATED("access.hooks.saturated"),
    /** Times public keys were fetched, and those that failed. */
    ACCESS_KEYS_FETCHED("access.keys.fetched"),
    ACCESS_KEYS_FAILED("access.keys.failed"),
    /** Tokens, revocations and stream keys that found no place. */
    CLUSTER_NOTES_REFUSED("cluster.notes.refused"),
    /** Nodes that were taken out of the membership because nobody reached them, as this node saw it. */
    CLUSTER_NODES_LOST("cluster.nodes.lost"),
    /** Those of them that are not shown as down because too many are. */
    CLUSTER_NODES_LOST_FORGOTTEN("cluster.nodes.lost-forgotten"),
    /** Nodes that did not say in time that they have such a one; it comes to them later. */
    CLUSTER_NOTES_UNANSWERED("cluster.notes.unanswered"),
    /** Web consoles that were told what changes. */
    CONSOLE_OPENED("console.opened"),
    /** Those of them that are over; opened minus closed look on now. */
    CONSOLE_CLOSED("console.closed"),
    /** Consoles refused because as many as may be were looking. */
    CONSOLE_REFUSED("console.refused"),
    /** Publishing sessions that were granted on this node. */
    PUBLISH_GRANTED("publish.granted"),
    /** Publishers that were refused, for whatever reason. */
    PUBLISH_REFUSED("publish.refused"),
    /** Times a publisher began to stand by for another. */
    STANDBY_BEGAN("standby.began"),
    /** Backup publishers refused because the stream has enough of them on this node. */
    STANDBY_REFUSED("standby.refused"),
    /** Times a waiting publisher missed the stream's frames and asked for the stream. */
    STANDBY_ASKED("standby.asked"),
    /** Times one went live in the place of another. */
    STANDBY_PROMOTED("standby.promoted"),
    /** Times a live one went back to standby because another publisher took the stream. */
    STANDBY_DEMOTED("standby.demoted"),
    /** Frames of waiting publishers. */
    STANDBY_FRAMES("standby.frames"),
    /** Groups of pictures too long to be kept for the moment a waiting publisher goes live. */
    STANDBY_OVERFLOWED("standby.overflowed"),
    /** Publishers of this node that a newer publisher replaced. */
    PUBLISH_SUPERSEDED("publish.superseded"),

    // relay.serves: links on which this node gives a stream to another; relay.pulls: links on which it gets one.
    /** Connections that reached the relay server. */
    RELAY_SERVES_ACCEPTED("relay.serves.accepted"),
    /** Links that were welcomed; less {@link #RELAY_SERVES_CLOSED} it is those that are open. */
    RELAY_SERVES_OPENED("relay.serves.opened"),
    RELAY_SERVES_CLOSED("relay.serves.closed"),
    /** Of the opened ones, those that went on where the downstream had left off. */
    RELAY_SERVES_RESUMED("relay.serves.resumed"),
    /** Connections that ended before a welcome because this node would not, whatever the reason. */
    RELAY_REFUSED("relay.refused"),
    RELAY_REFUSED_MALFORMED("relay.refused.malformed"),
    RELAY_REFUSED_VERSION("relay.refused.version"),
    /** The downstream did not prove that it knows the cluster secret. */
    RELAY_REFUSED_SECRET("relay.refused.secret"),
    /** The handshake took too long. */
    RELAY_REFUSED_TIMEOUT("relay.refused.timeout"),
    RELAY_REFUSED_LIMIT("relay.refused.limit"),
    RELAY_REFUSED_LOOP("relay.refused.loop"),
    RELAY_REFUSED_NOT_HERE("relay.refused.not-here"),
    /** The downstream is in a newer epoch than this node. */
    RELAY_REFUSED_STALE("relay.refused.stale"),
    RELAY_REFUSED_OTHER("relay.refused.other"),
    /** Welcomed links that this node ended because the downstream was too slow for too long. */
    RELAY_SERVES_TOO_SLOW("relay.serves.too-slow"),
    /** Links that were closed because the downstream had not been heard for too long. */
    RELAY_SERVES_SILENT("relay.serves.silent"),
    /** Links this node tried to open. */
    RELAY_PULLS_STARTED("relay.pulls.started"),
    /** Links that were welcomed; less {@link #RELAY_PULLS_CLOSED} it is those that are open. */
    RELAY_PULLS_OPENED("relay.pulls.opened"),
    RELAY_PULLS_CLOSED("relay.pulls.closed"),
    /** Of the opened ones, those that go on without a gap. */
    RELAY_PULLS_RESUMED("relay.pulls.resumed"),
    /** Links that could not be connected, broke, or fell silent. */
    RELAY_PULLS_BROKEN("relay.pulls.broken"),
    /** Links whose upstream sent what the protocol does not allow. */
    RELAY_PULLS_MALFORMED("relay.pulls.malformed"),
    /** Links whose upstream did not prove that it knows the cluster secret, or said so of this node. */
    RELAY_PULLS_SECRET("relay.pulls.secret"),
    /** Links the upstream refused or ended for a reason of its own. */
    RELAY_PULLS_REFUSED("relay.pulls.refused"),
    RELAY_PULLS_LOOP("relay.pulls.loop"),
    RELAY_PULLS_NOT_HERE("relay.pulls.not-here"),
    /** Links whose upstream was in an older epoch. */
    RELAY_PULLS_STALE("relay.pulls.stale"),
    /** Links on which the upstream said that the stream ended. */
    RELAY_PULLS_ENDED("relay.pulls.ended"),
    /** Connections to other groups that were opened ahead of need and became ready. */
    RELAY_SPARES_OPENED("relay.spares.opened"),
    /** Links that were opened over one of them. */
    RELAY_SPARES_USED("relay.spares.used"),
    /** Those that could not be opened, that the other node ended, or that turned out to be dead when they were needed. */
    RELAY_SPARES_FAILED("relay.spares.failed"),
    /** Times one was wanted beyond the limit. */
    RELAY_SPARES_LIMITED("relay.spares.limited"),
    RELAY_BYTES_IN("relay.bytes.in"),
    RELAY_BYTES_OUT("relay.bytes.out"),
    RELAY_FRAMES_IN("relay.frames.in"),
    RELAY_FRAMES_OUT("relay.frames.out"),
    /** Frames that were not relayed because they, or their track's configuration, break a limit of the protocol. */
    RELAY_FRAMES_OVERSIZED("relay.frames.oversized"),
    /** Frames of a codec this version does not know. */
    RELAY_FRAMES_SKIPPED("relay.frames.skipped"),
    /** Messages of a type this version does not know. */
    RELAY_MESSAGES_SKIPPED("relay.messages.skipped"),
    RELAY_KEEP_ALIVES_IN("relay.keep-alives.in"),
    RELAY_KEEP_ALIVES_OUT("relay.keep-alives.out"),
    /** Jumps of a publisher's clock that were smoothed. */
    PUBLISH_CLOCK_JUMPS("publish.clock-jumps"),

    /** Publishers, players and pulling nodes refused because the node is being taken out of service. */
    DRAIN_REFUSED("drain.refused"),
    /** Publishers and players that were asked to reconnect to another node (Enhanced RTMP). */
    DRAIN_RECONNECTS_ASKED("drain.reconnects-asked"),

    /** Players that were sent to another node because this one has enough, or is being taken out of service. */
    PLACEMENT_REDIRECTED("placement.redirected"),
    /** Players that were taken although this node has enough: no other node is better, or they were sent here. */
    PLACEMENT_KEPT("placement.kept"),

    /** Events for the operator's server that this node told. */
    WEBHOOK_EVENTS("webhook.events"),
    /** Those of them that were dropped because too many wait. */
    WEBHOOK_DROPPED("webhook.dropped"),
    /** Attempts of this node to send one, and how they ended. */
    WEBHOOK_ATTEMPTS("webhook.attempts"),
    WEBHOOK_DELIVERED("webhook.delivered"),
    WEBHOOK_FAILED("webhook.failed"),
    /** Events that were not taken for so long that they are not sent any more. */
    WEBHOOK_GIVEN_UP("webhook.given-up"),

    /** Spans of traces that ended on this node, and whether a collector took them; the rest was dropped or waits. */
    TRACING_SPANS("tracing.spans"),
    TRACING_EXPORTED("tracing.spans.exported"),
    TRACING_FAILED("tracing.spans.failed"),

    /** Events of streams that were taken down on this node. */
    EVENTS_RECORDED("events.recorded"),
    /** Streams whose events were forgotten to make room. */
    EVENTS_STREAMS_FORGOTTEN("events.streams.forgotten"),

    /** Streams that began and ended to exist on this node. */
    HUB_STARTED("hub.started"),
    HUB_ENDED("hub.ended"),
    /** Streams refused because the node has as many as it may. */
    HUB_REFUSED("hub.refused"),
    /** Frames that left a ring early because it was full. */
    RING_OVERFLOWED("hub.ring-overflowed"),
    /** Players that came and went. */
    VIEWER_JOINED("viewer.joined"),
    VIEWER_LEFT("viewer.left"),
    /** Players refused because the node has as many as it may. */
    VIEWER_REFUSED("viewer.refused"),
    // player.writes, player.frames: by protocol; frames for each write say how well frames are collected.
    /** Times that what was new was written and flushed to one player, and the frames in it. */
    PLAYER_WRITES_RTMP("player.writes.rtmp"),
    PLAYER_WRITES_HTTP_FLV("player.writes.http-flv"),
    PLAYER_WRITES_WS_FLV("player.writes.ws-flv"),
    PLAYER_FRAMES_RTMP("player.frames.rtmp"),
    PLAYER_FRAMES_HTTP_FLV("player.frames.http-flv"),
    PLAYER_FRAMES_WS_FLV("player.frames.ws-flv"),
    /** Nodes that came and went to pull a stream from this one. */
    RELAY_JOINED("subscriber.relay-joined"),
    RELAY_LEFT("subscriber.relay-left"),
    /** Nodes that asked for a stream that this one did not get either. */
    RELAY_NOT_HERE("subscriber.relay-not-here"),
    /** Jumps of slow subscribers to the newest keyframe, by the limit they hit. */
    SKIPPED_TIME("subscriber.skipped.time"),
    SKIPPED_BYTES("subscriber.skipped.bytes"),
    SKIPPED_RING("subscriber.skipped.ring"),
    /** Frames that slow subscribers did not get. */
    FRAMES_SKIPPED("subscriber.frames-skipped"),
    /** Subscribers that were ended because they stayed too slow. */
    ENDED_TOO_SLOW("subscriber.ended.too-slow"),
    /** Subscribers that were ended because of a fault of this node. */
    ENDED_REFUSED("subscriber.ended.refused"),
    /** Questions to the control plane where a stream comes from. */
    FEED_ASKED("feed.asked"),
    /** Links to other nodes that hubs opened. */
    FEED_OPENED("feed.opened"),
    /** Times a stream began to come from another node, the first time included. */
    FEED_SWITCHED("feed.switched"),
    /** Feeds that failed. */
    FEED_LOST("feed.lost"),
    /** Times a hub looked after its feeds much too late, because the node stood still. */
    HUB_ALARMS_LATE("hub.alarms.late"),
    /** Feeds that were silent for too long, so that another was opened beside them. */
    FEED_SUSPECTED("feed.suspected"),
    /** Links opened beside a feed that was silent: whichever delivers first is kept. */
    FEED_BESIDE_RESCUES("feed.beside.rescues"),
    /** Links opened beside a feed to move to a better peer. */
    FEED_BESIDE_MOVES("feed.beside.moves"),
    /** Milliseconds for which a hub had two links beside each other, summed when one of them was closed. */
    FEED_BESIDE_MS("feed.beside.time"),
    /** Frames from a feed that were here already. */
    FRAMES_DUPLICATE("feed.frames.duplicate"),
    /** Frames of an epoch that is over. */
    FRAMES_FENCED("feed.frames.fenced"),
    /** Frames missing between two others of an epoch. */
    FRAMES_MISSING("feed.frames.missing"),
    /** Frames from a publisher or a link that does not count any more, or not yet. */
    FRAMES_LATE("feed.frames.late"),
    /** Pictures before the first keyframe of an epoch, or after a gap. */
    FRAMES_BEFORE_KEYFRAME("feed.frames.before-keyframe");

    private final String wireName;

    Metric(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }
}
