/** What a node can tell of itself beside its counters: {@link io.headwater.observe.Machine}. */
@org.jspecify.annotations.NullMarked
package io.headwater.observe;
