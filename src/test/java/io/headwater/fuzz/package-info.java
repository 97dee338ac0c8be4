/** Bytes of peers, made up: {@link io.headwater.fuzz.Fuzzer} feeds them to {@link io.headwater.fuzz.Targets}. */
@org.jspecify.annotations.NullMarked
package io.headwater.fuzz;
