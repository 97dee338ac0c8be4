/**
 * Who feeds whom, decided without threads, sockets or a clock. Read {@link io.headwater.topology.Feed} first, then
 * {@link io.headwater.topology.OriginPlan} with {@link io.headwater.topology.Event} and
 * {@link io.headwater.topology.Action}. Only the JDK.
 */
@org.jspecify.annotations.NullMarked
package io.headwater.topology;
