package io.headwater.stream;

import io.headwater.stream.StreamEvent.Kind;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Measures what a change of feed cost a hub's subscribers: the time without a frame, and the frames that are missing.
 * Guarded by its {@link Hub}.
 */
final class FeedChanges {
    /** What feeds the hub if it is no other node. */
    static final String PUBLISHER = "publisher";

    private String fedBy = "";
    private long lastFrameMs = -1;
    private @Nullable StreamEvent pending;

    /** Frames will come from {@code to}; told when the first of them is there. */
    void switched(String to, String why) {
        pending = StreamEvent.of(Kind.FEED_CHANGED, why).between(fedBy, to);
        fedBy = to;
    }

    /** Nothing is known of frames before: the hub let go of the stream. */
    void forget() {
        fedBy = "";
        lastFrameMs = -1;
        pending = null;
    }

    /**
     * A frame was taken.
     *
     * @param lost frames missing before it
     * @param newEpoch whether it is the first of its session
     */
    Optional<StreamEvent> frame(long epoch, boolean newEpoch, long lost, long nowMs) {
        StreamEvent change = pending;
        boolean first = lastFrameMs < 0;
        long gapMs = first ? -1 : nowMs - lastFrameMs;
        lastFrameMs = nowMs;
        pending = null;
        if (change == null && newEpoch && !first) {
            change = StreamEvent.of(Kind.EPOCH_CHANGED, "a new publishing session")
                    .between(fedBy, fedBy);
        } else if (change == null && lost > 0) {
            change = StreamEvent.of(Kind.FRAMES_MISSING, "missing in the feed").between(fedBy, fedBy);
        }
        return Optional.ofNullable(change)
                .filter(event -> !first || !event.to().equals(PUBLISHER))
                .map(event -> event.costing(gapMs, first ? -1 : lost).in(epoch));
    }
}
