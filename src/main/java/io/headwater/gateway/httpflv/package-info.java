/**
 * FLV over HTTP and WebSocket, served by Netty. Read {@link io.headwater.gateway.httpflv.LiveHttpServer} first, then
 * {@code LiveHttpSession}, which serves one connection.
 */
@org.jspecify.annotations.NullMarked
package io.headwater.gateway.httpflv;
