/** Bytes in, values out: one package per format, only the JDK. {@link io.headwater.codec.MalformedException} is how all of them refuse. */
@org.jspecify.annotations.NullMarked
package io.headwater.codec;
