/** Counters and gauges, and where their names live. */
@org.jspecify.annotations.NullMarked
package io.headwater.observe;
