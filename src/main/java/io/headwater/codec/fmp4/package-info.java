/**
 * Fragmented MP4 (ISO/IEC 14496-12, 14496-14, 14496-15): {@link io.headwater.codec.fmp4.InitSegment} for the tracks,
 * {@link io.headwater.codec.fmp4.Fragment} for a run of frames. The same values give the same bytes.
 */
@org.jspecify.annotations.NullMarked
package io.headwater.codec.fmp4;
