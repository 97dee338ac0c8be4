/** Load and measurements: what a node costs, as ratios to a floor and a peer in the same run. Start at {@link io.headwater.bench.Bench}. */
@org.jspecify.annotations.NullMarked
package io.headwater.bench;
