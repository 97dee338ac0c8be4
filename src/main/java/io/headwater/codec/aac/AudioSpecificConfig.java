package io.headwater.codec.aac;

import io.headwater.codec.BitReader;
import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;

/**
 * What an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1) says of the sound.
 *
 * @param objectType the audio object type written first: 2 for AAC-LC, 5 for HE-AAC and 29 for HE-AAC v2 where the
 *     extension is signalled explicitly
 * @param coreRate hertz of the AAC core
 * @param sampleRate hertz of what comes out of a decoder: twice the core's if spectral band replication is signalled
 * @param channels 0 if the configuration leaves it to a program config element
 * @param sbr whether spectral band replication is signalled, in either way
 * @param frameLength samples of the core in a frame: 1024, or 960 as in digital radio
 */
public record AudioSpecificConfig(
        int objectType, int coreRate, int sampleRate, int channels, boolean sbr, int frameLength) {
    private static final String NAME = "AudioSpecificConfig";
    private static final int SBR = 5;
    private static final int PS = 29;
    private static final int ESCAPED_TYPE = 31;
    private static final int ESCAPED_RATE = 15;
    private static final int LONG_FRAME = 1024;
    private static final int SHORT_FRAME = 960;
    private static final int SYNC_EXTENSION = 0x2b7;

    private static final int[] RATES = {
        96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350
    };
    private static final int[] CHANNELS = {0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8};

    public static AudioSpecificConfig read(Bytes config) throws MalformedException {
        BitReader in = new BitReader(NAME, config);
        int objectType = objectType(in);
        int coreRate = rate(in);
        int channelConfig = in.u(4);
        int channels = channelConfig < CHANNELS.length ? CHANNELS[channelConfig] : 0;
        boolean explicitSbr = objectType == SBR || objectType == PS;
        if (explicitSbr) {
            int rate = rate(in);
            int frameLength = in.remaining() < 5 ? LONG_FRAME : frameLength(in, objectType(in));
            return new AudioSpecificConfig(
                    objectType, coreRate, rate, stereoIfPs(objectType, channels), true, frameLength);
        }
        int frameLength = frameLength(in, objectType);
        int extendedRate = channelConfig == 0 ? 0 : backwardCompatibleRate(in, objectType);
        return new AudioSpecificConfig(
                objectType,
                coreRate,
                extendedRate == 0 ? coreRate : extendedRate,
                channels,
                extendedRate != 0,
                frameLength);
    }

    /** Parametric stereo makes two channels of the core's one. */
    private static int stereoIfPs(int objectType, int channels) {
        return objectType == PS && channels == 1 ? 2 : channels;
    }

    private static int objectType(BitReader in) throws MalformedException {
        int type = in.u(5);
        return type == ESCAPED_TYPE ? 32 + in.u(6) : type;
    }

    private static int rate(BitReader in) throws MalformedException {
        int index = in.u(4);
        if (index == ESCAPED_RATE) {
            return in.u(24);
        }
        if (index >= RATES.length) {
            throw new MalformedException(NAME + " has sampling frequency index " + index + ", expected 0 to 12 or 15");
        }
        return RATES[index];
    }

    /** Takes frameLengthFlag, the first of GASpecificConfig (4.4.1), off the front. */
    private static int frameLength(BitReader in, int objectType) throws MalformedException {
        return general(objectType) && in.remaining() > 0 && in.flag() ? SHORT_FRAME : LONG_FRAME;
    }

    /** Whether the type's GASpecificConfig is three flags. */
    private static boolean general(int objectType) {
        return objectType >= 1 && objectType <= 4;
    }

    /** The rate of an extension that decoders without it do not see (1.6.6.1), 0 if there is none. */
    private static int backwardCompatibleRate(BitReader in, int objectType) throws MalformedException {
        if (!general(objectType) || in.remaining() < 2) {
            return 0;
        }
        if (in.flag()) { // dependsOnCoreCoder
            in.skip(14);
        }
        in.skip(1); // extensionFlag
        boolean extended = in.remaining() >= 11 + 5 + 1 + 4 && in.u(11) == SYNC_EXTENSION && objectType(in) == SBR;
        return extended && in.flag() ? rate(in) : 0;
    }
}
