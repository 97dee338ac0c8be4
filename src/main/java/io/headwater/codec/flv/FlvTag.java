package io.headwater.codec.flv;

import io.headwater.media.Bytes;

/**
 * One tag as it stands in a file (Adobe FLV 10.1, E.4.1) or as an RTMP message.
 *
 * @param type {@link #AUDIO}, {@link #VIDEO}, {@link #SCRIPT}, or what else the peer wrote (0 to 31)
 * @param timestampMs decoding time, 32 bits, unsigned: it wraps after 49.7 days
 * @param body the bytes after the tag's header
 */
public record FlvTag(int type, long timestampMs, Bytes body) {
    public static final int AUDIO = 8;
    public static final int VIDEO = 9;
    public static final int SCRIPT = 18;
}
