package io.headwater.codec.hls;

import io.headwater.codec.DecoderConfig;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Frame;
import io.headwater.media.Track;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/** Streams as publishers send them: some frame rate, some distance of keyframes, millisecond timestamps. */
final class RandomStream {
    static final Track H264 = DecoderConfig.track(
            Codec.H264, hex("0164001effe1001a6764001eacd980a02ff9610000030001000003003283e2c5a401000568ebecb22c"));
    static final Track AAC_44100 = DecoderConfig.track(Codec.AAC, hex("1210"));
    static final Track AAC_48000 = DecoderConfig.track(Codec.AAC, hex("1190"));

    final double framesPerSecond;
    final int keyframeEvery;
    final long startMs;

    private final SplittableRandom random;
    private final List<Frame> timed = new ArrayList<>();

    RandomStream(long seed) {
        random = new SplittableRandom(seed);
        double[] rates = {5, 7.5, 10, 12, 12.5, 15, 20, 23.976, 24, 25, 29.97, 30, 48, 50, 59.94, 60, 90, 120, 144};
        framesPerSecond = rates[random.nextInt(rates.length)];
        keyframeEvery = Math.max(1, (int) (framesPerSecond * (0.2 + random.nextDouble() * 4)));
        startMs = random.nextLong(1L << 33);
    }

    /** Pictures, some reordered, whose times are off by up to {@code jitterMs}. */
    RandomStream video(int seconds, int jitterMs) {
        long last = 0;
        for (int i = 0; i < seconds * framesPerSecond; i++) {
            long jitter = jitterMs == 0 ? 0 : random.nextInt(-jitterMs, jitterMs + 1);
            long dtsMs = Math.max(last, startMs + Math.round(i * 1000 / framesPerSecond) + jitter);
            last = dtsMs;
            long ptsMs = dtsMs + random.nextInt(3) * Math.round(1000 / framesPerSecond);
            add(H264, dtsMs, ptsMs, i % keyframeEvery == 0);
        }
        return this;
    }

    RandomStream audio(Track track, int seconds, int fromMs) {
        double frameMs = 1024_000.0 / track.sampleRate();
        for (int i = 0; i * frameMs < seconds * 1000; i++) {
            long dtsMs = startMs + fromMs + Math.round(i * frameMs);
            add(track, dtsMs, dtsMs, true);
        }
        return this;
    }

    /** All frames as they are interleaved, numbered. */
    List<Frame> frames() {
        timed.sort(Comparator.comparingLong(Frame::dtsUs));
        List<Frame> frames = new ArrayList<>();
        for (Frame frame : timed) {
            frames.add(new Frame(
                    1, frames.size(), frame.track(), frame.dtsUs(), frame.ptsUs(), frame.keyframe(), frame.payload()));
        }
        return frames;
    }

    private void add(Track track, long dtsMs, long ptsMs, boolean key) {
        byte[] payload = new byte[1 + random.nextInt(40)];
        random.nextBytes(payload);
        timed.add(new Frame(1, 0, track, dtsMs * 1000, ptsMs * 1000, key, Bytes.of(payload)));
    }

    static Bytes hex(String hex) {
        return Bytes.of(HexFormat.of().parseHex(hex));
    }
}
