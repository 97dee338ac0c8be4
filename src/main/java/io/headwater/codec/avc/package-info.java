/** H.264 parameter sets and the record that carries them (ISO/IEC 14496-10, 14496-15). */
@org.jspecify.annotations.NullMarked
package io.headwater.codec.avc;
