/** MPEG-2 transport streams (ISO/IEC 13818-1) for players that know no fragmented MP4: {@link io.headwater.codec.mpegts.TsSegment}. */
@org.jspecify.annotations.NullMarked
package io.headwater.codec.mpegts;
