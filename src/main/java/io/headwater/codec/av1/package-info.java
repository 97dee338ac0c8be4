/** The AV1 sequence header and the record that carries it (AV1 specification, AV1 in ISOBMFF). */
@org.jspecify.annotations.NullMarked
package io.headwater.codec.av1;
