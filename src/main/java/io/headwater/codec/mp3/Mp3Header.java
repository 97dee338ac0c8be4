package io.headwater.codec.mp3;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;

/**
 * The four bytes in front of every MPEG audio frame (ISO/IEC 11172-3, 2.4.1.3; 13818-3; "MPEG 2.5" by custom).
 *
 * @param sampleRate hertz
 * @param channels 1 or 2
 */
public record Mp3Header(int sampleRate, int channels) {
    private static final int[] MPEG_1_RATES = {44_100, 48_000, 32_000};
    private static final int LAYER_III = 1;
    private static final int MONO = 3;

    public static Mp3Header read(Bytes frame) throws MalformedException {
        if (frame.length() < 4 || frame.unsignedAt(0) != 0xff || (frame.unsignedAt(1) & 0xe0) != 0xe0) {
            throw new MalformedException("MP3 frame is " + frame + ", expected it to begin with 11 set bits");
        }
        int version = frame.unsignedAt(1) >> 3 & 3; // 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5
        int layer = frame.unsignedAt(1) >> 1 & 3;
        int rate = frame.unsignedAt(2) >> 2 & 3;
        if (version == 1 || layer != LAYER_III || rate == 3) {
            throw new MalformedException("MP3 header has version " + version + ", layer " + layer + ", rate " + rate
                    + ", expected layer III");
        }
        int halvings = version == 3 ? 0 : version == 2 ? 1 : 2;
        return new Mp3Header(MPEG_1_RATES[rate] >> halvings, frame.unsignedAt(3) >> 6 == MONO ? 1 : 2);
    }
}
