package io.headwater.stream;

import static io.headwater.stream.TestFrames.AUDIO;
import static io.headwater.stream.TestFrames.VIDEO;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.media.Codec;
import io.headwater.media.StreamKey;
import io.headwater.media.Track;
import io.headwater.net.Counters;
import io.headwater.topology.NodeId;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Players that take what is new at once see what players see that take it frame by frame. */
@ExtendWith(NoLeaks.class)
class RunTest {
    private static final StreamKey KEY = new StreamKey("live", "x");

    private final TestFormat format = new TestFormat();
    private final FakeDirectory directory = new FakeDirectory();
    private final ManualTimers timers = new ManualTimers();
    private final Loop together = new Loop();
    private final Loop alone = new Loop();
    private final List<Reader> readers = new ArrayList<>();
    private final StreamHubs hubs = new StreamHubs(
            new NodeId("me"),
            HubSettings.defaults(),
            directory,
            new FakeUpstream(),
            new Counters(),
            timers,
            new java.util.Random(1));
    private Ingest ingest = publish(1);
    private long clock;
    private int runs;

    private Ingest publish(long epoch) {
        var stage = hubs.publish(KEY, new Streams.PeerInfo("rtmp", "p:1"), reason -> {});
        directory.grant(epoch);
        return ((Streams.PublishAnswer.Accepted) stage.toCompletableFuture().join()).ingest();
    }

    /** Writes down what it gets; with {@code |} where a frame starts anew, and {@code ^} where its track is new. */
    private final class Reader implements Subscriber {
        private final boolean atOnce;
        private final StringBuilder got = new StringBuilder();
        private @Nullable Cursor cursor;
        private boolean reading = true;

        Reader(boolean atOnce) {
            this.atOnce = atOnce;
        }

        Reader join(Loop loop) {
            cursor = (Cursor) hubs.subscribe(KEY, SubscribeRequest.viewer("test", "v"), loop, this);
            return this;
        }

        @Override
        public void onReadable() {
            Run run = reading && atOnce ? cursor.pollRun(format) : null;
            if (run != null) {
                runs++;
                take(run.share());
                return;
            }
            for (Entry entry = next(); entry != null; entry = next()) {
                got.append(cursor.restarted() ? "|" : "").append(entry.trackChanged() ? "^" : "");
                take(entry.encoded(format));
            }
        }

        private @Nullable Entry next() {
            return reading ? cursor.poll() : null;
        }

        private void take(ByteBuf bytes) {
            got.append(bytes.toString(StandardCharsets.UTF_8));
            bytes.release();
        }

        @Override
        public void onEnd(End end) {}
    }

    private void twoJoin() {
        readers.add(new Reader(true).join(together));
        readers.add(new Reader(false).join(alone));
        pass();
    }

    private void send(Track track, boolean keyframe) {
        TestFrames.publish(ingest, track, clock++, keyframe);
        timers.pass(20);
    }

    private void pass() {
        together.run();
        alone.run();
    }

    private void end() {
        pass();
        for (int i = 0; i < readers.size(); i += 2) {
            assertEquals(readers.get(i + 1).got.toString(), readers.get(i).got.toString(), "reader " + i);
        }
        readers.forEach(reader -> reader.cursor.close());
        hubs.close();
        pass();
        assertEquals(new StreamHubs.Usage(0, 0, 0, 0, 0, 0), hubs.usage());
    }

    @Test
    void playersInStepTakeAllNewFramesAtOnce() {
        send(VIDEO, true);
        send(AUDIO, true);
        for (int i = 0; i < 5; i++) {
            twoJoin();
        }
        send(VIDEO, false);
        pass();
        runs = 0;
        send(VIDEO, false);
        send(AUDIO, true);
        send(VIDEO, false);
        pass();
        assertEquals(5, runs, "one for each of five players, for three frames");
        assertTrue(
                readers.get(0).got.toString().endsWith("v3;a4;v5;"),
                readers.get(0).got.toString());
        end();
    }

    @Test
    void whatIsLongerThanAChannelTakesIsWrittenFrameByFrame() {
        send(VIDEO, true);
        send(AUDIO, true);
        for (int i = 0; i < 5; i++) {
            twoJoin();
        }
        send(VIDEO, false);
        pass();
        runs = 0;
        ingest.frame(VIDEO, clock * TestFrames.FRAME_US, clock * TestFrames.FRAME_US, false, longPicture());
        pass();
        assertEquals(0, runs);
        end();
    }

    private static io.headwater.media.Bytes longPicture() {
        return TestFrames.bytes("x".repeat(300_000));
    }

    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(100).boxed();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whoTakesRunsSeesWhatOthersSee(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long epoch = 1;
        Track video = VIDEO;
        send(video, true);
        for (int step = 0; step < 300; step++) {
            switch (random.nextInt(12)) {
                case 0 -> {
                    if (readers.size() < 30) {
                        twoJoin();
                    }
                }
                case 1 -> {
                    if (!readers.isEmpty()) { // a pair that is slow for a while, or is not any more
                        int at = random.nextInt(readers.size() / 2) * 2;
                        boolean reads = !readers.get(at).reading;
                        readers.get(at).reading = reads;
                        readers.get(at + 1).reading = reads;
                    }
                }
                case 2 -> {
                    if (random.nextInt(5) == 0) {
                        pass();
                        ingest = publish(++epoch);
                        send(video, true);
                    }
                }
                case 3 -> {
                    if (random.nextInt(3) == 0) {
                        video = Track.video(Codec.H264, TestFrames.bytes("avcC" + step), 1280, 720);
                        send(video, true);
                    }
                }
                case 4, 5, 6 -> pass();
                default -> send(random.nextInt(3) == 0 ? AUDIO : video, random.nextInt(10) == 0);
            }
        }
        for (Reader reader : readers) {
            reader.reading = true;
        }
        send(video, true);
        end();
    }
}
