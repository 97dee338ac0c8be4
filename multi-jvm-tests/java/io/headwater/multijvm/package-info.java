/** Real node processes on loopback, real clients, and what must hold between them. {@link io.headwater.multijvm.NodeProcess} is the harness. */
@org.jspecify.annotations.NullMarked
package io.headwater.multijvm;
