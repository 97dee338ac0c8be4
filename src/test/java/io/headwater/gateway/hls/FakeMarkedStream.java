package io.headwater.gateway.hls;

import io.headwater.codec.DecoderConfig;
import io.headwater.codec.hls.Mark;
import io.headwater.codec.hls.NumberBase;
import io.headwater.codec.hls.Segmenter;
import io.headwater.codec.hls.SegmenterSettings;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Extension;
import io.headwater.media.Frame;
import io.headwater.media.StreamKey;
import io.headwater.media.Track;
import io.headwater.media.Tracks;
import io.headwater.stream.Entry;
import io.headwater.stream.HubSnapshot;
import io.headwater.stream.Streams;
import io.headwater.stream.SubscribeRequest;
import io.headwater.stream.Subscriber;
import io.headwater.stream.Subscription;
import io.headwater.stream.WireFormat;
import io.netty.buffer.ByteBuf;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** A hub that has one stream of marked pictures, live/s, as many as the test says; nothing is known of any other. */
final class FakeMarkedStream implements Streams {
    private static final Track TRACK = DecoderConfig.track(
            Codec.H264,
            Bytes.of(HexFormat.of()
                    .parseHex("0164001effe1001a6764001eacd980a02ff9610000030001000003003283e2c5a401000568ebecb22c")));
    private static final Bytes OPUS = Bytes.of(HexFormat.of().parseHex("4f707573486561640102380180bb0000000000"));
    private static final long FRAME_US = 40_000;

    private final ExecutorService loop;
    private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Subscriber> subscriber = new CompletableFuture<>();
    private volatile Subscriber newest;
    private volatile boolean toNewest;
    private Segmenter segmenter = new Segmenter(SegmenterSettings.DEFAULT, 0);
    private long epoch;
    private long sequence;
    private final java.util.concurrent.atomic.AtomicInteger subscribed =
            new java.util.concurrent.atomic.AtomicInteger();
    private volatile int viewers;
    private Tracks tracks = Tracks.NONE.with(TRACK);

    FakeMarkedStream(ExecutorService loop) {
        this.loop = loop;
    }

    int subscribed() {
        return subscribed.get();
    }

    /** Of a codec that transport streams have no place for; no frame of it comes. */
    void withSound() {
        tracks = tracks.with(DecoderConfig.track(Codec.OPUS, OPUS));
    }

    int viewers() {
        return viewers;
    }

    /** So many seconds more of an epoch, or of a new one. */
    void seconds(long of, double seconds, NumberBase base) throws Exception {
        if (of != epoch) {
            epoch = of;
            sequence = 0;
            segmenter = new Segmenter(SegmenterSettings.DEFAULT, 0);
        }
        for (int i = 0; i < seconds * 1_000_000 / FRAME_US; i++) {
            add(base);
        }
        subscriber.get(30, TimeUnit.SECONDS);
        loop.submit(() -> (toNewest ? newest : subscriber.join()).onReadable()).get(30, TimeUnit.SECONDS);
    }

    /** What comes from now on is for the subscriber that came last, instead of the first one. */
    void toNewest() {
        toNewest = true;
    }

    private void add(NumberBase base) {
        long us = sequence * FRAME_US;
        Bytes payload = Bytes.of(new byte[] {0, 0, 0, 2, 0x65, (byte) sequence});
        Frame plain = new Frame(epoch, sequence, TRACK, us, us, sequence % 50 == 0, payload);
        Mark mark = segmenter.frame(plain, tracks, 1_700_000_000_000L + us / 1000);
        List<Extension> extensions = mark == null ? List.of() : List.of(mark.toExtension(), base.extension());
        entries.add(
                new Marked(new Frame(epoch, sequence, TRACK, us, us, plain.keyframe(), payload, extensions), tracks));
        sequence++;
    }

    void ends(Subscriber.End end) throws Exception {
        Subscriber told = subscriber.get(30, TimeUnit.SECONDS);
        loop.submit(() -> told.onEnd(end)).get(30, TimeUnit.SECONDS);
    }

    @Override
    public Subscription subscribe(StreamKey key, SubscribeRequest request, Executor executor, Subscriber told) {
        if (!request.packager()) {
            throw new AssertionError(request);
        }
        subscribed.incrementAndGet();
        if (key.streamId().equals("s")) {
            newest = told;
            subscriber.complete(told);
        }
        return new Subscription() {
            @Override
            public Entry poll() {
                return entries.poll();
            }

            @Override
            public boolean restarted() {
                return false;
            }

            @Override
            public void viewers(int count) {
                viewers = count;
            }

            @Override
            public void pause() {}

            @Override
            public void resume() {}

            @Override
            public void close() {}
        };
    }

    @Override
    public CompletionStage<PublishAnswer> publish(
            StreamKey key, PeerInfo publisher, PublisherRole role, PublisherControl control) {
        throw new AssertionError("nobody publishes");
    }

    @Override
    public Optional<HubSnapshot> snapshot(StreamKey key) {
        return Optional.empty();
    }

    @Override
    public List<HubSnapshot> snapshots(int limit) {
        return List.of();
    }

    private record Marked(Frame frame, Tracks tracks) implements Entry {
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
            throw new AssertionError("HLS has no wire format");
        }
    }
}
