package io.headwater.gateway.outbound;

import io.headwater.codec.flv.FlvBody;
import io.headwater.codec.flv.FlvMuxer;
import io.headwater.codec.rtmp.ChunkWriter;
import io.headwater.codec.rtmp.ControlMessage;
import io.headwater.codec.rtmp.RtmpClientSession;
import io.headwater.codec.rtmp.RtmpMessage;
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
import java.util.Comparator;
import java.util.List;

/** RTMP as a publisher sends it: every message with its full header, so that all servers can get the same bytes. */
final class PushFormat implements WireFormat {
    private final int streamId;

    /** @param streamId the number the other server gave the stream; nearly all give 1 */
    PushFormat(int streamId) {
        this.streamId = streamId;
    }

    @Override
    public String name() {
        return "rtmp-push";
    }

    /** The metadata comes first, as encoders send it. */
    @Override
    public ByteBuf preamble(Entry entry, List<Track> news, boolean first, ByteBufAllocator allocator) {
        List<FlvBody> configs = new ArrayList<>();
        news.stream()
                .sorted(Comparator.comparing(track -> track.codec() != Codec.METADATA))
                .forEach(track -> FlvMuxer.config(track).ifPresent(configs::add));
        return written(configs, entry);
    }

    @Override
    public ByteBuf frame(Entry entry, ByteBufAllocator allocator) {
        return written(
                FlvMuxer.frame(entry.frame(), entry.dtsUs(), entry.ptsUs()).stream()
                        .toList(),
                entry);
    }

    private ByteBuf written(List<FlvBody> bodies, Entry entry) {
        List<ByteBuf> messages = new ArrayList<>();
        for (FlvBody body : bodies) {
            long timestamp = body.isMetadata() ? 0 : MediaTime.msOfUs(entry.dtsUs()) & 0xffff_ffffL;
            Bytes bytes = chunks(new RtmpMessage(body.tagType(), streamId, timestamp, joined(body)));
            messages.add(Unpooled.wrappedBuffer(bytes.array(), bytes.offset(), bytes.length()));
        }
        return messages.isEmpty() ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(messages.toArray(ByteBuf[]::new));
    }

    /** A writer that has written nothing on the chunk stream leaves nothing out of the header. */
    private static Bytes chunks(RtmpMessage message) {
        ChunkWriter writer = new ChunkWriter();
        writer.write(new ControlMessage.SetChunkSize(RtmpClientSession.CHUNK_SIZE).toMessage());
        return writer.write(message);
    }

    private static Bytes joined(FlvBody body) {
        Bytes head = body.isMetadata() ? RtmpClientSession.dataFrame(body.head()) : body.head();
        byte[] all = new byte[head.length() + body.payload().length()];
        System.arraycopy(head.array(), head.offset(), all, 0, head.length());
        System.arraycopy(
                body.payload().array(),
                body.payload().offset(),
                all,
                head.length(),
                body.payload().length());
        return Bytes.of(all);
    }
}
