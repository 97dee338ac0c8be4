package io.headwater.codec.opus;

import io.headwater.media.Bytes;

/** What the first bytes of an Opus packet say (RFC 6716, 3.1 and 3.2). */
public final class OpusPacket {
    private static final int SAMPLES_PER_MS = OpusHead.SAMPLE_RATE / 1000;
    /** No packet lasts longer (RFC 6716, 3.2.5). */
    private static final int MOST = 120 * SAMPLES_PER_MS;
    /** What encoders make if nobody asks for something else. */
    private static final int USUAL = 20 * SAMPLES_PER_MS;

    private OpusPacket() {}

    /** The packet's length in samples at 48 kHz; 20 ms for one that says nothing sensible. */
    public static int samples(Bytes packet) {
        if (packet.isEmpty()) {
            return USUAL;
        }
        int toc = packet.unsignedAt(0);
        int frames = switch (toc & 3) {
            case 0 -> 1;
            case 1, 2 -> 2;
            default -> packet.length() > 1 ? packet.unsignedAt(1) & 0x3f : 0;
        };
        int samples = frames * frameSamples(toc >> 3);
        return samples == 0 || samples > MOST ? USUAL : samples;
    }

    private static int frameSamples(int config) {
        if (config < 12) { // SILK: 10, 20, 40, 60 ms
            int step = config & 3;
            return (step == 3 ? 60 : 10 << step) * SAMPLES_PER_MS;
        }
        if (config < 16) { // hybrid: 10, 20 ms
            return (10 << (config & 1)) * SAMPLES_PER_MS;
        }
        return (SAMPLES_PER_MS * 5 / 2) << (config & 3); // CELT: 2.5, 5, 10, 20 ms
    }
}
