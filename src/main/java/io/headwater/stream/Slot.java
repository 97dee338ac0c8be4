package io.headwater.stream;

import io.headwater.media.Frame;
import io.headwater.media.Tracks;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** One place of a {@link Ring}: a frame, its place on the hub's timeline, and its bytes per format. */
final class Slot implements Entry {
    /** Counted for every frame beside its payload, so that a flood of empty frames is bounded too. */
    static final int OVERHEAD = 256;

    final long position;
    /** Bytes appended before this frame since the ring began. */
    final long bytesBefore;
    /** Whether a reader that comes from the slot before must start anew: a new epoch, or frames are missing. */
    final boolean restart;

    /** When it came, by the hub's clock. */
    final long arrivedMs;

    private final Frame frame;
    private final boolean trackChanged;
    private final long dtsUs;
    private final long ptsUs;
    private final EncodedMemory memory;
    private volatile Tracks tracks;
    private volatile @Nullable SharedBytes encoded;
    private boolean evicted;

    Slot(long position, long bytesBefore, Placed placed, EncodedMemory memory) {
        this.position = position;
        this.bytesBefore = bytesBefore;
        this.restart = placed.restart();
        this.arrivedMs = placed.arrivedMs();
        this.frame = placed.frame();
        this.trackChanged = placed.trackChanged();
        this.dtsUs = placed.dtsUs();
        this.ptsUs = placed.ptsUs();
        this.tracks = placed.tracks();
        this.memory = memory;
    }

    /** A frame with everything the hub decided about it, and when it arrived. */
    record Placed(
            Frame frame,
            Tracks tracks,
            boolean trackChanged,
            boolean restart,
            long dtsUs,
            long ptsUs,
            long arrivedMs) {}

    @Override
    public Frame frame() {
        return frame;
    }

    @Override
    public Tracks tracks() {
        return tracks;
    }

    @Override
    public boolean trackChanged() {
        return trackChanged;
    }

    @Override
    public long dtsUs() {
        return dtsUs;
    }

    @Override
    public long ptsUs() {
        return ptsUs;
    }

    /** What this slot counts against the ring's limit, encoded forms aside. */
    int cost() {
        return frame.payload().length() + OVERHEAD;
    }

    /** Bytes appended up to and including this frame. */
    long bytesAfter() {
        return bytesBefore + cost();
    }

    /** A track whose first frame came after this one belongs to it all the same. */
    void learn(io.headwater.media.Track track) {
        if (tracks.withId(track.id()).isEmpty()) {
            tracks = tracks.with(track);
        }
    }

    @Override
    public ByteBuf encoded(WireFormat format) {
        ByteBuf share = shared(format);
        return share == null ? encode(format) : share;
    }

    private @Nullable ByteBuf shared(WireFormat format) {
        for (SharedBytes bytes = encoded; bytes != null; bytes = bytes.next) {
            if (bytes.format == format) {
                return bytes.share();
            }
        }
        return null;
    }

    private synchronized ByteBuf encode(WireFormat format) {
        ByteBuf share = shared(format);
        if (share != null) {
            return share;
        }
        ByteBuf buffer = format.frame(this, ByteBufAllocator.DEFAULT);
        if (evicted) {
            return buffer;
        }
        share = buffer.retainedDuplicate();
        encoded = new SharedBytes(format, buffer, memory, encoded);
        return share;
    }

    /** The ring lets go of the encoded forms. The frame itself stays readable for who still holds this slot. */
    synchronized void evict() {
        evicted = true;
        SharedBytes bytes = encoded;
        encoded = null;
        for (; bytes != null; bytes = bytes.next) {
            bytes.retire();
        }
    }
}
