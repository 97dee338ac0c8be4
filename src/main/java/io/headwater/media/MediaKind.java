package io.headwater.media;

/** What a track carries. */
public enum MediaKind {
    VIDEO,
    AUDIO,
    /** Timed or standing data beside the pictures and the sound, such as the publisher's {@code onMetaData}. */
    DATA
}
