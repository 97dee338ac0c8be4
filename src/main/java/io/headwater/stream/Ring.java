package io.headwater.stream;

import io.headwater.media.Frame;
import io.headwater.media.Track;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The newest frames of a stream by position, which counts up by one for as long as the ring lives.
 *
 * <p>One writer at a time (the hub's lock); any number of readers without a lock. Keeps the group of pictures that a
 * player would start in and {@code keepUs} of media, and what arrived within that time (a feed that catches up brings much
 * at once), and the newest segment that is complete, so that who begins to package finds one, unless twice {@code keepUs}
 * are too short for it; but never more than {@code maxBytes}.
 */
final class Ring {
    private static final int FIRST_CAPACITY = 32;
    /** For a whole segment media is kept so many times longer. */
    private static final int SEGMENT_KEEPS = 2;

    /** Frames at the beginning of an epoch that still learn of tracks which come later. */
    private static final int LEARNING = 512;

    private final long keepUs;
    private final long maxBytes;
    private final EncodedMemory memory;

    private volatile AtomicReferenceArray<@Nullable Slot> slots = new AtomicReferenceArray<>(FIRST_CAPACITY);
    private volatile long head;
    private volatile long tail;
    private volatile long newestKey = -1;
    private volatile @Nullable Slot newest;
    private volatile boolean open;
    private volatile boolean anyFrameStarts;
    private long epochStart;
    /** Where the newest segment that is complete begins, and the one after it; -1 before there is one. */
    private long wholeSegment = -1;

    private long growingSegment = -1;
    private long overflowed;

    Ring(long keepUs, long maxBytes, EncodedMemory node) {
        this.keepUs = keepUs;
        this.maxBytes = maxBytes;
        this.memory = new EncodedMemory(node);
    }

    /** The frames that follow are a new epoch: nobody starts before it any more. */
    void startEpoch() {
        newestKey = -1;
        open = false;
        anyFrameStarts = false;
        epochStart = head;
    }

    /**
     * Says how players may start in this epoch, which takes a moment to find out.
     *
     * @param open whether the tracks are known well enough to start at all
     * @param anyFrameStarts whether every frame is a start, for lack of pictures
     */
    void startable(boolean open, boolean anyFrameStarts) {
        if (this.open != open || this.anyFrameStarts != anyFrameStarts) {
            this.anyFrameStarts = anyFrameStarts;
            this.open = open;
        }
    }

    /** Appends a frame and lets go of what is not needed any more. */
    Slot append(Slot.Placed placed) {
        long position = head;
        Slot last = newest;
        Slot slot = new Slot(position, last == null ? 0 : last.bytesAfter(), placed, memory);
        AtomicReferenceArray<@Nullable Slot> array = slots;
        if (position - tail == array.length()) {
            array = grown(array);
            slots = array;
        }
        array.set(index(position, array), slot);
        newest = slot;
        if (slot.frame().startsPicture()) {
            newestKey = position;
        }
        if (SegmentMarks.startsSegment(slot.frame())) {
            wholeSegment = growingSegment;
            growingSegment = position;
        }
        head = position + 1;
        trim(slot);
        return slot;
    }

    /** A track that is new in this epoch: frames that came just before it belong to a stream that has it. */
    void learn(Track track) {
        if (head - epochStart <= LEARNING) {
            for (long position = Math.max(epochStart, tail); position < head; position++) {
                Slot slot = get(position);
                if (slot != null) {
                    slot.learn(track);
                }
            }
        }
    }

    private void trim(Slot last) {
        while (tail < last.position) {
            Slot oldest = get(tail);
            if (oldest == null) {
                throw new IllegalStateException("nothing at " + tail + " of " + tail + " to " + head);
            }
            boolean full = last.bytesAfter() - oldest.bytesBefore + memory.bytes() > maxBytes;
            long key = newestKey;
            long ageUs = last.dtsUs() - oldest.dtsUs();
            boolean needed = (key >= 0 && tail >= key)
                    || ageUs <= keepUs
                    || (wholeSegment >= 0 && tail >= wholeSegment && ageUs <= SEGMENT_KEEPS * keepUs)
                    || (last.arrivedMs - oldest.arrivedMs) * 1000 <= keepUs;
            if (!full && needed) {
                return;
            }
            if (needed) {
                overflowed++;
            }
            slots.set(index(tail, slots), null);
            tail = oldest.position + 1;
            oldest.evict();
        }
    }

    private AtomicReferenceArray<@Nullable Slot> grown(AtomicReferenceArray<@Nullable Slot> full) {
        AtomicReferenceArray<@Nullable Slot> next = new AtomicReferenceArray<>(full.length() * 2);
        for (long position = tail; position < head; position++) {
            next.setPlain(index(position, next), full.getPlain(index(position, full)));
        }
        return next;
    }

    private static int index(long position, AtomicReferenceArray<?> array) {
        return (int) position & (array.length() - 1);
    }

    /** The slot at a position, or null if it left the ring or is not written yet. */
    @Nullable
    Slot get(long position) {
        AtomicReferenceArray<@Nullable Slot> array = slots;
        Slot slot = array.get(index(position, array));
        return slot != null && slot.position == position ? slot : null;
    }

    /** The position the next frame will have. */
    long head() {
        return head;
    }

    /** The oldest position still here; equal to {@link #head} if there is none. */
    long tail() {
        return tail;
    }

    /** The newest slot, also after the ring was emptied. */
    @Nullable
    Slot newest() {
        return newest;
    }

    /** The newest position from {@code from} on where a player can start, or -1 if there is none (yet). */
    long start(long from) {
        if (!open) {
            return -1;
        }
        long position = anyFrameStarts ? head - 1 : newestKey;
        return position >= Math.max(from, tail) ? position : -1;
    }

    /** The last position whose frame is not after that sequence of that epoch, or -1. For the writer's lock only. */
    long find(long epoch, long sequence) {
        long low = tail;
        long high = head - 1;
        while (low <= high) {
            long middle = (low + high) >>> 1;
            Slot slot = get(middle);
            if (slot != null && notAfter(slot.frame(), epoch, sequence)) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return low > tail ? low - 1 : -1;
    }

    private static boolean notAfter(Frame frame, long epoch, long sequence) {
        return frame.epoch() < epoch || (frame.epoch() == epoch && frame.sequence() <= sequence);
    }

    int frames() {
        return (int) (head - tail);
    }

    /** Bytes of the frames in memory, their overhead included, and of their encoded forms. */
    long bytes() {
        Slot oldest = get(tail);
        Slot last = newest;
        return memory.bytes() + (oldest == null || last == null ? 0 : last.bytesAfter() - oldest.bytesBefore);
    }

    /** Frames that left early because the ring was full, since last asked. */
    long takeOverflowed() {
        long count = overflowed;
        overflowed = 0;
        return count;
    }

    /** Lets go of all encoded forms for good. Frames stay readable for cursors that have not finished. */
    void retire() {
        for (long position = tail; position < head; position++) {
            Slot slot = get(position);
            if (slot != null) {
                slot.evict();
            }
        }
    }
}
