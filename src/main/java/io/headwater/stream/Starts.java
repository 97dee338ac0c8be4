package io.headwater.stream;

import io.headwater.stream.Cursor.Start;
import org.jspecify.annotations.Nullable;

/** Where a subscription begins in a hub's ring, or null for not yet. All but {@link #newest} for the writer's lock only. */
final class Starts {
    private Starts() {}

    /** The newest place from {@code notBefore} on where a player can start. */
    static @Nullable Start newest(Ring ring, long notBefore) {
        long position = ring.start(notBefore);
        Slot slot = position < 0 ? null : ring.get(position);
        return slot == null ? null : new Start(position, slot.frame().epoch(), false);
    }

    /** The oldest segment's start of that epoch or a later one, or the newest start of all if there is no segment. */
    static @Nullable Start oldest(Ring ring, long notBefore, long epoch) {
        Start newest = newest(ring, notBefore);
        long position = newest == null ? -1 : oldestSegment(ring, epoch);
        Slot slot = position < 0 ? null : ring.get(position);
        return slot == null ? newest : new Start(position, slot.frame().epoch(), false);
    }

    private static long oldestSegment(Ring ring, long epoch) {
        for (long position = ring.tail(); position < ring.head(); position++) {
            Slot slot = ring.get(position);
            if (slot != null && slot.frame().epoch() >= epoch && SegmentMarks.startsSegment(slot.frame())) {
                return position;
            }
        }
        return -1;
    }

    /**
     * Right after what the other node has, if the ring tells that nothing is missing between; else where one begins that
     * has nothing.
     *
     * @param epoch the hub's
     * @param lastSequence of its newest frame, -1 before there is one
     */
    static @Nullable Start relay(Ring ring, SubscribeRequest.Relay relay, long epoch, long lastSequence) {
        if (relay.epoch() > epoch) {
            return null;
        }
        if (relay.epoch() > 0 && relay.afterSequence() >= 0) {
            if (relay.epoch() == epoch && relay.afterSequence() >= lastSequence) {
                return lastSequence < 0 ? null : new Start(ring.head(), relay.epoch(), true);
            }
            long position = ring.find(relay.epoch(), relay.afterSequence());
            Slot next = ring.get(position < 0 ? ring.tail() : position + 1);
            if ((position >= 0 && is(ring.get(position), relay, 0)) || is(next, relay, 1)) {
                return new Start(next == null ? ring.head() : next.position, relay.epoch(), true);
            }
        }
        return relay.oldest() ? oldest(ring, 0, epoch) : newest(ring, 0);
    }

    private static boolean is(@Nullable Slot slot, SubscribeRequest.Relay relay, int plus) {
        return slot != null
                && slot.frame().epoch() == relay.epoch()
                && slot.frame().sequence() == relay.afterSequence() + plus;
    }
}
