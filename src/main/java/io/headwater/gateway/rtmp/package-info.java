/** RTMP: publishers and players over TCP, served by Netty. */
@org.jspecify.annotations.NullMarked
package io.headwater.gateway.rtmp;
