package io.headwater.stream;

import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Frame;
import io.headwater.media.Track;
import io.headwater.media.Tracks;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** A picture of a length, outside any ring. */
public final class BenchmarkEntry implements Entry {
    private static final Track VIDEO = Track.video(Codec.H264, Bytes.of(new byte[40]), 1280, 720);

    private final Frame frame;

    public BenchmarkEntry(int length) {
        frame = new Frame(1, 1, VIDEO, 40_000, 40_000, false, Bytes.of(new byte[length]));
    }

    @Override
    public Frame frame() {
        return frame;
    }

    @Override
    public Tracks tracks() {
        return Tracks.NONE.with(VIDEO);
    }

    @Override
    public boolean trackChanged() {
        return false;
    }

    @Override
    public long dtsUs() {
        return frame.dtsUs();
    }

    @Override
    public long ptsUs() {
        return frame.ptsUs();
    }

    @Override
    public ByteBuf encoded(WireFormat format) {
        return format.frame(this, ByteBufAllocator.DEFAULT);
    }
}
