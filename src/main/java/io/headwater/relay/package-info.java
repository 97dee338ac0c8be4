/**
 * Streams between nodes: Pekko Streams over TCP, exactly once by sequence (docs/relay-protocol.md). Read
 * {@link io.headwater.relay.RelayServer} and {@link io.headwater.relay.RelayUpstream} first; the stages are
 * {@code ServeStage} and {@code PullStage}, their decisions {@code ServeSession} and {@code PullSession}.
 */
@org.jspecify.annotations.NullMarked
package io.headwater.relay;
