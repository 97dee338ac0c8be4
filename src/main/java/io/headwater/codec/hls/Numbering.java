package io.headwater.codec.hls;

import java.util.Optional;

/**
 * Decides, on one node, where the numbers of a new epoch begin: after the highest that anybody who had the stream has seen.
 *
 * <p>The main origin of the epoch before knows that by itself. Any other node asks nobody, but its downstream nodes say it
 * when they come, so it waits a moment for them. If nobody remembers the stream, the epoch's coarse time in seconds is the
 * number: a segment lasts a second at least, so no earlier number is above it. Numbers are only ever raised.
 */
public final class Numbering {
    /** How long the numbers of downstream nodes are waited for; the first part of an epoch takes about as long. */
    private static final long SETTLE_MS = 300;
    /**
     * The same on a node that knows nothing of the stream, where numbers would jump to the epoch's time: as long as nodes
     * under load take to hear of a takeover and to come. A stream that is new is not listed before that.
     */
    private static final long SETTLE_UNKNOWN_MS = 1000;

    private static final int EPOCH_TIME_SHIFT = 20;

    /** Players keep lists by this number (hls.js), so it has to be small; it rises with time, and begins anew within a day. */
    private static final int DISCONTINUITIES = 4096;

    private static final int DISCONTINUITY_S = 15;

    private NextNumbers known = NextNumbers.NONE;
    private NextNumbers before = NextNumbers.NONE;
    private long publishing;
    private long settleAtMs;
    private boolean settled;
    private NumberBase base = new NumberBase(0, 0);

    /** An epoch begins whose main origin is this node. */
    public void publish(long epoch, long nowMs) {
        boolean own = publishing > 0 && publishing == known.epoch();
        before = known;
        publishing = epoch;
        settled = false;
        settleAtMs = nowMs + (own ? 0 : known.isNone() ? SETTLE_UNKNOWN_MS : SETTLE_MS);
    }

    /** A node that had the stream says what it has seen. */
    public void heard(NextNumbers numbers) {
        if (numbers.plausible()) {
            if (numbers.epoch() < publishing) {
                before = before.max(numbers);
            }
            known = known.max(numbers);
        }
    }

    /** A frame with a mark and the base of its epoch came from another node. */
    public void passed(long epoch, long segment, long discontinuity, NumberBase with) {
        known = known.max(
                new NextNumbers(epoch, with.mediaSequence() + segment + 1, with.discontinuity() + discontinuity + 1));
    }

    /**
     * The base that goes with a frame which this node, the main origin, marks; nothing while it is not settled.
     *
     * @param startsSegment whether the frame is a segment's first: only there may the base still rise
     */
    public Optional<NumberBase> mark(long segment, long discontinuity, boolean startsSegment, long nowMs) {
        if (!settled) {
            if (nowMs < settleAtMs) {
                return Optional.empty();
            }
            settled = true;
            long time = publishing >> EPOCH_TIME_SHIFT;
            base = before.isNone()
                    ? new NumberBase(time, time / DISCONTINUITY_S % DISCONTINUITIES)
                    : new NumberBase(before.mediaSequence(), before.discontinuity());
        } else if (startsSegment) {
            base = new NumberBase(
                    Math.max(base.mediaSequence(), before.mediaSequence() - segment),
                    Math.max(base.discontinuity(), before.discontinuity() - discontinuity));
        }
        passed(publishing, segment, discontinuity, base);
        return Optional.of(base);
    }

    /** What this node knows, for those it asks for the stream. */
    public NextNumbers next() {
        return known;
    }
}
