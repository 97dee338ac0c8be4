package io.headwater.gateway.httpflv;

import io.headwater.codec.flv.FlvBody;
import io.headwater.codec.flv.FlvFile;
import io.headwater.codec.flv.FlvMuxer;
import io.headwater.media.Codec;
import io.headwater.media.MediaKind;
import io.headwater.media.MediaTime;
import io.headwater.media.Track;
import io.headwater.media.Tracks;
import io.headwater.stream.Entry;
import io.headwater.stream.WireFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * FLV as players get it: in the chunks of an HTTP/1.1 body, bare for HTTP/1.0, or in binary WebSocket messages. A chunk's
 * head says its length alone, and what a server sends in a WebSocket is not masked (RFC 6455, 5.1), so those bytes too are
 * the same for all players.
 */
final class FlvFormat implements WireFormat {
    static final FlvFormat BARE = new FlvFormat("flv", Framing.NONE);
    static final FlvFormat CHUNKED = new FlvFormat("chunked-flv", Framing.CHUNK);
    static final FlvFormat WEB_SOCKET = new FlvFormat("ws-flv", Framing.MESSAGE);

    private final String name;
    private final Framing framing;

    private FlvFormat(String name, Framing framing) {
        this.name = name;
        this.framing = framing;
    }

    /** What goes around each piece of the file. */
    private enum Framing {
        NONE,
        CHUNK,
        MESSAGE;

        int headLength(int length) {
            return switch (this) {
                case NONE -> 0;
                case CHUNK -> HttpChunks.headLength(length);
                case MESSAGE -> WebSocketFrames.headLength(length);
            };
        }

        int tailLength() {
            return this == CHUNK ? HttpChunks.TAIL_LENGTH : 0;
        }

        void writeHead(int length, ByteBuffer out) {
            if (this == CHUNK) {
                HttpChunks.writeHead(length, out);
            } else if (this == MESSAGE) {
                WebSocketFrames.writeHead(WebSocketFrames.BINARY, length, out);
            }
        }

        void writeTail(ByteBuffer out) {
            if (this == CHUNK) {
                HttpChunks.writeTail(out);
            }
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ByteBuf preamble(Entry entry, List<Track> news, boolean first, ByteBufAllocator allocator) {
        List<FlvBody> configs = new ArrayList<>();
        for (Track track : news) {
            // players that read the metadata before the pictures know the size of their window
            int at = track.codec() == Codec.METADATA ? 0 : configs.size();
            FlvMuxer.config(track).ifPresent(config -> configs.add(at, config));
        }
        return written(configs, first ? entry.tracks() : Tracks.NONE, first, entry, allocator);
    }

    @Override
    public ByteBuf frame(Entry entry, ByteBufAllocator allocator) {
        List<FlvBody> bodies = new ArrayList<>(1);
        FlvMuxer.frame(entry.frame(), entry.dtsUs(), entry.ptsUs()).ifPresent(bodies::add);
        return written(bodies, Tracks.NONE, false, entry, allocator);
    }

    private ByteBuf written(
            List<FlvBody> bodies, Tracks tracks, boolean header, Entry entry, ByteBufAllocator allocator) {
        bodies.removeIf(body -> body.length() > FlvFile.MAX_BODY); // 16 MiB: a tag cannot say it
        int length = header ? FlvFile.HEADER_LENGTH : 0;
        for (FlvBody body : bodies) {
            length += FlvFile.tagLength(body);
        }
        if (length == 0) {
            return Unpooled.EMPTY_BUFFER;
        }
        int framed = framing.headLength(length) + length + framing.tailLength();
        ByteBuf buffer = allocator.directBuffer(framed, framed);
        ByteBuffer out = buffer.nioBuffer(0, framed);
        framing.writeHead(length, out);
        if (header) {
            FlvFile.writeHeader(
                    tracks.first(MediaKind.AUDIO).isPresent(),
                    tracks.first(MediaKind.VIDEO).isPresent(),
                    out);
        }
        long timestampMs = MediaTime.msOfUs(entry.dtsUs());
        for (FlvBody body : bodies) {
            FlvFile.writeTag(body, body.isMetadata() ? 0 : timestampMs, out);
        }
        framing.writeTail(out);
        return buffer.writerIndex(framed);
    }
}
