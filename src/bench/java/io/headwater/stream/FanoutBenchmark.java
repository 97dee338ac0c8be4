package io.headwater.stream;

import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.StreamKey;
import io.headwater.media.Track;
import io.headwater.net.Counters;
import io.headwater.topology.NodeId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One frame from the publisher through the ring to {@link #VIEWERS} players, whose channels throw it away: nanoseconds and
 * bytes for each viewer and frame, the frame's own share included.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Djmh.executor=CUSTOM", "-Djmh.executor.class=io.headwater.stream.BenchmarkThreads"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
public class FanoutBenchmark {
    static final int VIEWERS = 1000;
    private static final int GOP = 50;
    private static final long FRAME_US = 40_000;
    private static final StreamKey KEY = new StreamKey("live", "x");
    private static final Track VIDEO = Track.video(Codec.H264, Bytes.of(new byte[40]), 1280, 720);

    /** Bytes that are written once; a viewer gets a share. */
    private static final class Format implements WireFormat {
        @Override
        public String name() {
            return "benchmark";
        }

        @Override
        public ByteBuf preamble(Entry entry, List<Track> news, boolean first, ByteBufAllocator allocator) {
            return Unpooled.EMPTY_BUFFER;
        }

        @Override
        public ByteBuf frame(Entry entry, ByteBufAllocator allocator) {
            Bytes payload = entry.frame().payload();
            return allocator
                    .directBuffer(payload.length())
                    .writeBytes(payload.array(), payload.offset(), payload.length());
        }
    }

    private final ManualIoEventLoop loop = new ManualIoEventLoop(Thread.currentThread(), NioIoHandler.newFactory());
    private final Bytes payload = Bytes.of(new byte[12_500]);
    private final Format format = new Format();
    private StreamHubs hubs;
    private Ingest ingest;
    private long number;

    @Setup(Level.Trial)
    public void join() {
        FakeDirectory directory = new FakeDirectory();
        hubs = new StreamHubs(new NodeId("me"), HubSettings.defaults(), directory, new FakeUpstream(), new Counters());
        var stage = hubs.publish(KEY, new Streams.PeerInfo("rtmp", "p:1"), reason -> {});
        directory.grant(1);
        ingest = ((Streams.PublishAnswer.Accepted) stage.toCompletableFuture().join()).ingest();
        for (int i = 0; i < VIEWERS; i++) {
            Channel channel = new SinkChannel();
            channel.pipeline().addLast(new ChannelInboundHandlerAdapter());
            EventLoop forChannels = loop;
            forChannels.register(channel);
            ChannelHandlerContext context = channel.pipeline().firstContext();
            new ChannelPlayer(context, format, end -> {}).play(hubs, KEY, SubscribeRequest.viewer("test", "v:" + i));
        }
        loop.runNow();
    }

    @TearDown(Level.Trial)
    public void leave() {
        hubs.close();
        loop.runNow();
    }

    @Benchmark
    @OperationsPerInvocation(VIEWERS)
    public void frameToOneOfAThousandPlayers() {
        ingest.frame(VIDEO, number * FRAME_US, number * FRAME_US, number % GOP == 0, payload);
        number++;
        loop.runNow();
    }
}
