/**
 * What the cluster remembers over restarts of all its nodes: small texts under streams' keys, on every node's disk and
 * in memory. Begin with {@code Registry}; {@code Bucket} is how two nodes' versions become one.
 */
@org.jspecify.annotations.NullMarked
package io.headwater.cluster.registry;
