/**
 * HLS for players: every node makes the same playlists and files of the marked frames it has. Read
 * {@link io.headwater.gateway.hls.HlsServer} first, then {@link io.headwater.gateway.hls.HlsStream}.
 */
@org.jspecify.annotations.NullMarked
package io.headwater.gateway.hls;
