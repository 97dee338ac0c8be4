package io.headwater.codec.hls;

/** What the frames of a segment are put into. */
public enum Container {
    /** Fragmented MP4: parts, segments and init sections. */
    FMP4,
    /** MPEG-2 transport stream for old devices: whole segments only, without the codecs these do not know. */
    MPEG_TS
}
