/** The header of MPEG audio layer III frames (ISO/IEC 11172-3, 13818-3). */
@org.jspecify.annotations.NullMarked
package io.headwater.codec.mp3;
