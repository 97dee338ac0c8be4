package io.headwater.stream;

import io.headwater.codec.MalformedException;
import io.headwater.codec.hls.Mark;
import io.headwater.codec.hls.NextNumbers;
import io.headwater.codec.hls.NumberBase;
import io.headwater.codec.hls.Numbering;
import io.headwater.codec.hls.Segmenter;
import io.headwater.codec.hls.SegmenterSettings;
import io.headwater.media.Extension;
import io.headwater.media.Frame;
import io.headwater.media.Tracks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the HLS segments of a hub's stream begin and how they are numbered: decided here while this node is the main
 * origin, else heard from the marks that come with the frames. Belongs to the hub's lock.
 */
final class SegmentMarks {
    private final Optional<SegmenterSettings> settings;
    private final Numbering numbering = new Numbering();
    private @Nullable Segmenter segmenter;
    private int targetDurationS;

    /** @param settings empty if the streams are not to be served as HLS */
    SegmentMarks(Optional<SegmenterSettings> settings) {
        this.settings = settings;
    }

    /** This node's publisher begins an epoch. */
    void publish(long epoch, long nowMs) {
        numbering.publish(epoch, nowMs);
        segmenter = settings.map(cut -> new Segmenter(cut, targetDurationS)).orElse(null);
    }

    /** A frame of this node's publisher, with the mark it is to carry. */
    Frame mark(Frame frame, Tracks known, long nowMs, long wallClockMs) {
        Mark mark = segmenter == null ? null : segmenter.frame(frame, known, wallClockMs);
        if (mark == null) {
            return frame;
        }
        targetDurationS = mark.targetDurationS();
        List<Extension> extensions = new ArrayList<>(frame.extensions());
        extensions.add(mark.toExtension());
        numbering
                .mark(mark.segment(), mark.discontinuity(), mark.startsSegment(), nowMs)
                .ifPresent(base -> extensions.add(base.extension()));
        return new Frame(
                frame.epoch(),
                frame.sequence(),
                frame.track(),
                frame.dtsUs(),
                frame.ptsUs(),
                frame.keyframe(),
                frame.payload(),
                List.copyOf(extensions));
    }

    /** A frame of another node's publisher. */
    void passed(Frame frame) {
        Mark mark = of(frame);
        if (mark != null) {
            targetDurationS = mark.targetDurationS();
            NumberBase.of(frame)
                    .ifPresent(base -> numbering.passed(frame.epoch(), mark.segment(), mark.discontinuity(), base));
        }
    }

    void heard(NextNumbers numbers) {
        numbering.heard(numbers);
    }

    NextNumbers next() {
        return numbering.next();
    }

    static boolean startsSegment(Frame frame) {
        Mark mark = of(frame);
        return mark != null && mark.startsSegment();
    }

    private static @Nullable Mark of(Frame frame) {
        if (frame.extensions().isEmpty()) {
            return null;
        }
        try {
            return Mark.of(frame.extensions()).orElse(null);
        } catch (MalformedException unreadable) {
            return null;
        }
    }
}
