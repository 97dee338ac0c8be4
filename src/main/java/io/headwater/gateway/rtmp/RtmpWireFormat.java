package io.headwater.gateway.rtmp;

import io.headwater.codec.flv.FlvBody;
import io.headwater.codec.flv.FlvMuxer;
import io.headwater.codec.rtmp.ChunkWriter;
import io.headwater.codec.rtmp.MessageType;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.MediaTime;
import io.headwater.media.Track;
import io.headwater.stream.Entry;
import io.headwater.stream.WireFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/**
 * RTMP chunks that are right for every player: full headers with absolute timestamps on fixed chunk streams, cut to the
 * chunk size that the server announces to all of them (RTMP 1.0, 5.3.1).
 */
final class RtmpWireFormat implements WireFormat {
    private static final int LONGEST_MESSAGE = 0xff_ffff;
    private static final int EXTENDED = 0xff_ffff;
    private static final int FULL_HEADER = 12;
    private static final int EXTENDED_LENGTH = 4;
    /** The type bits of a header that only says "the same message goes on". */
    private static final int CONTINUES = 3 << 6;

    private final int chunkSize;

    RtmpWireFormat(int chunkSize) {
        this.chunkSize = chunkSize;
    }

    @Override
    public String name() {
        return "rtmp";
    }

    /** The metadata comes first: players that know the size of the picture open their window once. */
    @Override
    public ByteBuf preamble(Entry entry, List<Track> news, boolean first, ByteBufAllocator allocator) {
        List<FlvBody> configs = new ArrayList<>();
        for (Track track : news) {
            int at = track.codec() == Codec.METADATA ? 0 : configs.size();
            FlvMuxer.config(track).ifPresent(config -> configs.add(at, config));
        }
        return written(configs, entry, allocator);
    }

    @Override
    public ByteBuf frame(Entry entry, ByteBufAllocator allocator) {
        List<FlvBody> bodies = new ArrayList<>(1);
        FlvMuxer.frame(entry.frame(), entry.dtsUs(), entry.ptsUs()).ifPresent(bodies::add);
        return written(bodies, entry, allocator);
    }

    private ByteBuf written(List<FlvBody> bodies, Entry entry, ByteBufAllocator allocator) {
        bodies.removeIf(body -> body.length() > LONGEST_MESSAGE);
        long timestamp = MediaTime.msOfUs(entry.dtsUs()) & 0xffff_ffffL;
        int length = 0;
        for (FlvBody body : bodies) {
            length += length(body, timeOf(body, timestamp));
        }
        if (length == 0) {
            return Unpooled.EMPTY_BUFFER;
        }
        ByteBuf out = allocator.directBuffer(length, length);
        for (FlvBody body : bodies) {
            write(body, timeOf(body, timestamp), out);
        }
        return out;
    }

    /** FFmpeg takes metadata that has a time for a track of subtitles. */
    private static long timeOf(FlvBody body, long timestamp) {
        return body.isMetadata() ? 0 : timestamp;
    }

    private int length(FlvBody body, long timestamp) {
        int extended = timestamp >= EXTENDED ? EXTENDED_LENGTH : 0;
        int furtherChunks = Math.max(0, body.length() - 1) / chunkSize;
        return FULL_HEADER + extended + furtherChunks * (1 + extended) + body.length();
    }

    private void write(FlvBody body, long timestamp, ByteBuf out) {
        boolean extended = timestamp >= EXTENDED;
        int chunkStream = chunkStream(body.tagType());
        out.writeByte(chunkStream);
        out.writeMedium(extended ? EXTENDED : (int) timestamp);
        out.writeMedium(body.length());
        out.writeByte(body.tagType());
        out.writeIntLE(Replies.STREAM_ID);
        if (extended) {
            out.writeInt((int) timestamp);
        }
        int room = chunkSize;
        for (Bytes run : new Bytes[] {body.head(), body.payload()}) {
            int at = 0;
            while (at < run.length()) {
                if (room == 0) {
                    out.writeByte(CONTINUES | chunkStream);
                    if (extended) {
                        out.writeInt((int) timestamp);
                    }
                    room = chunkSize;
                }
                int count = Math.min(room, run.length() - at);
                out.writeBytes(run.array(), run.offset() + at, count);
                at += count;
                room -= count;
            }
        }
    }

    private static int chunkStream(int tagType) {
        return switch (tagType) {
            case MessageType.AUDIO -> ChunkWriter.AUDIO;
            case MessageType.VIDEO -> ChunkWriter.VIDEO;
            default -> ChunkWriter.DATA;
        };
    }
}
