/**
 * HTTP Live Streaming (RFC 8216bis) without I/O: {@link io.headwater.codec.hls.Segmenter} decides at the main origin,
 * {@link io.headwater.codec.hls.Mark} carries the decision, {@link io.headwater.codec.hls.Packager} makes the same bytes
 * of it on every node, {@link io.headwater.codec.hls.MediaPlaylist} lists them.
 */
@org.jspecify.annotations.NullMarked
package io.headwater.codec.hls;
