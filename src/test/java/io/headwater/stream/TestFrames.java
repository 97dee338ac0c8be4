package io.headwater.stream;

import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Frame;
import io.headwater.media.MediaKind;
import io.headwater.media.Track;
import java.nio.charset.StandardCharsets;

/** Frames of a stream with pictures and sound: 25 pictures a second, a keyframe every {@code gop} frames. */
final class TestFrames {
    static final Track VIDEO = Track.video(Codec.H264, bytes("avcC"), 1280, 720);
    static final Track AUDIO = Track.audio(Codec.AAC, bytes("asc"), 48_000, 2);
    static final long FRAME_US = 40_000;

    private TestFrames() {}

    static Bytes bytes(String text) {
        return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A picture; frame {@code n} is a keyframe if {@code gop} divides it. */
    static Frame picture(long epoch, long n, int gop) {
        return new Frame(
                epoch, n, VIDEO, n * FRAME_US, n * FRAME_US, n % gop == 0, bytes("picture " + epoch + " " + n));
    }

    static void publish(Ingest ingest, Track track, long n, boolean keyframe) {
        boolean video = track.kind() == MediaKind.VIDEO;
        ingest.frame(track, n * FRAME_US, n * FRAME_US, keyframe, bytes((video ? "v" : "a") + n));
    }
}
