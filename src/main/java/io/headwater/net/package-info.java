/** Small shared pieces of I/O: event loops, and the fan-out of shared bytes to many channels. */
@org.jspecify.annotations.NullMarked
package io.headwater.net;
