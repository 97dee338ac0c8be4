/**
 * Connections this node makes by itself: streams it sends to other servers ({@code RtmpPush}) and fetches from them
 * ({@code RtmpPull}, {@code FlvPull}). Each class is one connection; who wants it again makes another.
 */
@org.jspecify.annotations.NullMarked
package io.headwater.gateway.outbound;
