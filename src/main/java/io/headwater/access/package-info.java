/**
 * Who may publish and play: tokens, signed addresses, stream keys and webhooks, decided on the node the client is
 * connected to. Read {@link io.headwater.access.Gate} first.
 */
@org.jspecify.annotations.NullMarked
package io.headwater.access;
