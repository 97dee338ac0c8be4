/** RTMP: handshake, chunk streams, messages and commands as values, and {@link io.headwater.codec.rtmp.RtmpClientSession}, a client without I/O. */
@org.jspecify.annotations.NullMarked
package io.headwater.codec.rtmp;
