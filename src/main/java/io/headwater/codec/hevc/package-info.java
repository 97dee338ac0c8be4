/** HEVC parameter sets and the record that carries them (ISO/IEC 23008-2, 14496-15). */
@org.jspecify.annotations.NullMarked
package io.headwater.codec.hevc;
