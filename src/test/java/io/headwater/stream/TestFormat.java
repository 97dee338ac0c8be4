package io.headwater.stream;

import io.headwater.media.Bytes;
import io.headwater.media.Track;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A wire format a person can read: {@code [configs]payload}. Counts what it encodes. */
final class TestFormat implements WireFormat {
    final AtomicInteger encoded = new AtomicInteger();

    @Override
    public String name() {
        return "test";
    }

    @Override
    public ByteBuf preamble(Entry entry, List<Track> news, boolean first, ByteBufAllocator allocator) {
        StringBuilder text = new StringBuilder(first ? "HEAD" : "").append('[');
        for (Track track : news) {
            text.append(text(track.config())).append(' ');
        }
        return write(text.append(']').toString(), allocator);
    }

    @Override
    public ByteBuf frame(Entry entry, ByteBufAllocator allocator) {
        encoded.incrementAndGet();
        return write(text(entry.frame().payload()) + ";", allocator);
    }

    private static String text(Bytes bytes) {
        return new String(bytes.toByteArray(), StandardCharsets.UTF_8);
    }

    private static ByteBuf write(String text, ByteBufAllocator allocator) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return allocator.directBuffer(Math.max(1, bytes.length)).writeBytes(bytes);
    }
}
