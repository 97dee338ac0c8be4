package io.headwater.topology;

/**
 * A node that other nodes can pull streams from.
 *
 * @param node who it is
 * @param group the region it is in
 * @param host the address other nodes reach it at
 * @param relayPort the TCP port of its relay server
 */
public record Peer(NodeId node, NodeGroup group, String host, int relayPort) {}
