/** The control plane: one Pekko cluster, a sharded entity per stream and node group. */
@org.jspecify.annotations.NullMarked
package io.headwater.cluster;
