package io.headwater.relay;

import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Frame;
import io.headwater.media.Track;
import io.headwater.media.Tracks;
import io.headwater.stream.Entry;
import io.headwater.stream.WireFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Frames to relay: a keyframe of video every ten, no sound. */
final class Media {
    static final Track VIDEO = Track.video(Codec.H264, Bytes.of(new byte[] {1, 2, 3}), 1280, 720);
    static final Track METADATA = Track.metadata(Bytes.of(new byte[] {9}));
    static final Tracks TRACKS = Tracks.NONE.with(VIDEO).with(METADATA);

    private Media() {}

    static Frame frame(long epoch, long sequence, int length) {
        return frame(epoch, sequence, length, VIDEO);
    }

    static Frame frame(long epoch, long sequence, int length, Track track) {
        byte[] payload = new byte[length];
        for (int i = 0; i < length; i++) {
            payload[i] = (byte) (sequence + i);
        }
        return new Frame(
                epoch,
                sequence,
                track,
                sequence * 40_000,
                sequence * 40_000 + 80_000,
                sequence % 10 == 0,
                Bytes.of(payload));
    }

    static Entry entry(Frame frame, Tracks tracks) {
        return new Entry() {
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
                return Unpooled.EMPTY_BUFFER;
            }
        };
    }
}
