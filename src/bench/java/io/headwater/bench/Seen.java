package io.headwater.bench;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What some viewers saw since they were reset.
 *
 * @param lost viewers whose connection ended
 * @param faults frames missing or out of order, and viewers whose first frame was no keyframe
 * @param delayUs age of the frames at arrival
 * @param firstUs from asking to the first keyframe
 */
record Seen(
        int viewers,
        int lost,
        long faults,
        long checkedFrames,
        long leastBytes,
        long mostBytes,
        long longestSilenceNanos,
        Histogram delayUs,
        Histogram firstUs) {

    static Seen of(List<Viewer> viewers, Histogram delayUs) {
        Histogram first = new Histogram(60_000_000L, 3);
        long faults = 0;
        long frames = 0;
        long silence = 0;
        long least = Long.MAX_VALUE;
        long most = 0;
        int lost = 0;
        for (Viewer viewer : viewers) {
            FrameClock clock = viewer.clock;
            if (clock.firstKeyframeNanos != 0) {
                first.recordValue((clock.firstKeyframeNanos - viewer.askedNanos) / 1000);
            }
            faults += clock.missing + clock.disordered + (clock.frames > 0 && !clock.startedWithKeyframe ? 1 : 0);
            frames += clock.frames;
            silence = Math.max(silence, viewer.longestSilenceNanos());
            least = Math.min(least, viewer.bytes);
            most = Math.max(most, viewer.bytes);
            lost += viewer.closed.isEmpty() ? 0 : 1;
        }
        return new Seen(viewers.size(), lost, faults, frames, least, most, silence, delayUs.copy(), first);
    }

    Seen and(Seen other) {
        delayUs.add(other.delayUs);
        firstUs.add(other.firstUs);
        return new Seen(
                viewers + other.viewers,
                lost + other.lost,
                faults + other.faults,
                checkedFrames + other.checkedFrames,
                Math.min(leastBytes, other.leastBytes),
                Math.max(mostBytes, other.mostBytes),
                Math.max(longestSilenceNanos, other.longestSilenceNanos),
                delayUs,
                firstUs);
    }

    double delayMs(double percentile) {
        return delayUs.getValueAtPercentile(percentile) / 1000.0;
    }

    double firstMs(double percentile) {
        return firstUs.getValueAtPercentile(percentile) / 1000.0;
    }

    double silenceMs() {
        return longestSilenceNanos / 1e6;
    }

    double leastOfMost() {
        return mostBytes == 0 ? 0 : (double) leastBytes / mostBytes;
    }
}
