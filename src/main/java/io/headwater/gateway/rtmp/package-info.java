/** RTMP: publishers and players over TCP, served by Netty. Start reading at {@link io.headwater.gateway.rtmp.RtmpServer}. */
@org.jspecify.annotations.NullMarked
package io.headwater.gateway.rtmp;
