/** One live stream on this node: a hub with one feed in and many subscribers out. Read {@link io.headwater.stream.Directory} and {@link io.headwater.stream.Upstream} for what it needs from outside. */
@org.jspecify.annotations.NullMarked
package io.headwater.stream;
