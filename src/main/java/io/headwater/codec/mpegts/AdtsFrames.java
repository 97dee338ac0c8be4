package io.headwater.codec.mpegts;

import io.headwater.codec.MalformedException;
import io.headwater.codec.aac.AudioSpecificConfig;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Track;
import java.util.List;

/** Puts ADTS headers in front of AAC frames (13818-7, 6.2); frames of MP3 have their own. */
record AdtsFrames(boolean aac, int profile, int rateIndex, int channels) {
    private static final int HEADER = 7;
    private static final int MP3_HEADER = 4;
    private static final int LOW_COMPLEXITY = 2;
    private static final int USUAL_RATE_INDEX = 3;
    private static final int LONGEST = 0x1fff;

    private static final int[] RATES = {
        96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350
    };

    static AdtsFrames of(Track track) {
        if (track.codec() != Codec.AAC) {
            return new AdtsFrames(false, 0, 0, 0);
        }
        try {
            AudioSpecificConfig config = AudioSpecificConfig.read(track.config());
            // there is no room for the types of the extensions; decoders find these themselves
            int type = config.objectType() <= 4 ? config.objectType() : LOW_COMPLEXITY;
            int channels = config.objectType() == 29 ? 1 : config.channels() == 8 ? 7 : config.channels();
            return new AdtsFrames(true, Math.max(0, type - 1), rateIndex(config.coreRate()), channels & 7);
        } catch (MalformedException unreadable) {
            return new AdtsFrames(true, LOW_COMPLEXITY - 1, USUAL_RATE_INDEX, 2);
        }
    }

    private static int rateIndex(int rate) {
        for (int i = 0; i < RATES.length; i++) {
            if (RATES[i] == rate) {
                return i;
            }
        }
        return USUAL_RATE_INDEX;
    }

    /** How many runs of bytes {@link #add} makes of a frame. */
    int runsPerFrame() {
        return aac ? 2 : 1;
    }

    void add(Bytes frame, List<Bytes> to) {
        int length = HEADER + frame.length();
        if (aac && length <= LONGEST) {
            to.add(Bytes.of(new byte[] {
                (byte) 0xff,
                (byte) 0xf1,
                (byte) (profile << 6 | rateIndex << 2 | channels >> 2),
                (byte) (channels << 6 | length >> 11),
                (byte) (length >> 3),
                (byte) (length << 5 | 0x1f),
                (byte) 0xfc
            }));
        }
        // a frame of MP3 has a header, and what has none could not be cut into packets
        if (aac ? length <= LONGEST : frame.length() >= MP3_HEADER) {
            to.add(frame);
        }
    }
}
