package io.headwater.gateway.rtmp;

import io.headwater.codec.MalformedException;
import io.headwater.codec.flv.FlvDemuxer;
import io.headwater.codec.rtmp.ChunkReader;
import io.headwater.codec.rtmp.ChunkWriter;
import io.headwater.codec.rtmp.MessageType;
import io.headwater.codec.rtmp.RtmpLimits;
import io.headwater.codec.rtmp.RtmpMessage;
import io.headwater.media.Bytes;
import io.headwater.media.Track;
import io.headwater.stream.BenchmarkEntry;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One frame of 12.5 kB from a publisher's chunks of 128 bytes to the hub's frame, and to a player's chunks. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class RtmpBenchmark {
    private final BenchmarkEntry entry = new BenchmarkEntry(12_500);
    private final RtmpWireFormat format = new RtmpWireFormat(60_000);
    private final ChunkReader reader = new ChunkReader(RtmpLimits.DEFAULTS);
    private final FlvDemuxer demuxer = new FlvDemuxer();
    private ByteBuffer chunks = ByteBuffer.allocate(0);
    private RtmpMessage message = video();
    private long read;

    private static RtmpMessage video() {
        byte[] body = new byte[12_500];
        body[0] = 0x27;
        body[1] = 1;
        return new RtmpMessage(MessageType.VIDEO, 1, 0, Bytes.of(body));
    }

    @Setup
    public void write() throws MalformedException {
        byte[] config = {0x17, 0, 0, 0, 0, 1, 0x64, 0, 0x1f, (byte) 0xff, (byte) 0xe1, 0, 0, 1, 0, 0};
        demuxer.tag(MessageType.VIDEO, 0, Bytes.of(config), (track, dts, pts, key, payload) -> {});
        chunks = new ChunkWriter().write(message).buffer();
        message = video();
    }

    @Benchmark
    public long readMessage() throws MalformedException {
        reader.read(chunks.duplicate(), whole -> read += whole.body().length());
        return read;
    }

    @Benchmark
    public long demuxTag() throws MalformedException {
        demuxer.tag(MessageType.VIDEO, 40, message.body(), this::count);
        return read;
    }

    private void count(Track track, long dtsUs, long ptsUs, boolean keyframe, Bytes payload) {
        read += payload.length();
    }

    @Benchmark
    public boolean writeFrame() {
        return format.frame(entry, PooledByteBufAllocator.DEFAULT).release();
    }
}
