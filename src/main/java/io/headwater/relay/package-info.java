/** Streams between nodes: Pekko Streams over TCP, exactly once by sequence. */
@org.jspecify.annotations.NullMarked
package io.headwater.relay;
