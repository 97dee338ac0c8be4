/** The protocol between nodes (docs/relay-protocol.md) as values and bytes. Read {@link io.headwater.codec.relay.RelayMessage} first. Only the JDK. */
@org.jspecify.annotations.NullMarked
package io.headwater.codec.relay;
