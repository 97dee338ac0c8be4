package io.headwater.bench;

import java.nio.ByteBuffer;
import org.HdrHistogram.Histogram;

/**
 * Watches one viewer's stream of FLV tag bodies: counts frames, finds frames that are missing, doubled or out of order
 * by their numbers, and measures how old each is when it arrives.
 */
final class FrameClock {
    private final Histogram delayUs;
    private long last = -1;
    long frames;
    long missing;
    long disordered;
    long firstKeyframeNanos;
    boolean startedWithKeyframe;

    /** Watches a stream; {@code delayUs} is where delays are recorded, shared by the viewers of one thread. */
    FrameClock(Histogram delayUs) {
        this.delayUs = delayUs;
    }

    /** Counts anew. */
    void reset() {
        frames = 0;
        missing = 0;
        disordered = 0;
    }

    /**
     * The first bytes of a video tag's body.
     *
     * @param begin at least the first {@link StampedFrames#STAMP_AT} + 24 bytes, or the whole body if it is shorter
     * @param measured whether the delay counts (the first group of pictures of a viewer is old by nature)
     */
    void video(ByteBuffer begin, long nowNanos, boolean measured) {
        if (begin.remaining() < StampedFrames.STAMP_AT + 24 || begin.get(1) == 0) {
            return;
        }
        boolean key = ((begin.get(0) >> 4) & 7) == 1;
        if (last < 0) {
            startedWithKeyframe = key;
        }
        if (key && firstKeyframeNanos == 0) {
            firstKeyframeNanos = nowNanos;
        }
        int at = begin.position() + StampedFrames.STAMP_AT;
        if (begin.getLong(at) != StampedFrames.MAGIC) {
            return;
        }
        long number = begin.getLong(at + 8);
        if (last >= 0 && number != last + 1) {
            if (number > last) {
                missing += number - last - 1;
            } else {
                disordered++;
            }
        }
        last = number;
        frames++;
        if (measured) {
            delayUs.recordValue(Math.max(0, Math.min(60_000_000L, (nowNanos - begin.getLong(at + 16)) / 1000)));
        }
    }
}
