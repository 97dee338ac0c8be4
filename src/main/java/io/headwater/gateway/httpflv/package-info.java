/** FLV over HTTP and WebSocket, served by Netty. */
@org.jspecify.annotations.NullMarked
package io.headwater.gateway.httpflv;
