package io.headwater.cluster;

/**
 * Marks what travels between the control planes of two nodes, written as CBOR by Jackson.
 *
 * <p>Class and component names are wire format: a record may gain components (a node one version older leaves them out,
 * so their absence must mean something), but none is renamed or given another meaning.
 */
public interface ClusterMessage {}
