/** Who feeds whom, decided without threads, sockets or a clock. Read {@link io.headwater.topology.Feed} first. Only the JDK. */
@org.jspecify.annotations.NullMarked
package io.headwater.topology;
