package io.headwater.stream;

import io.headwater.media.Track;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;

/**
 * How a protocol writes frames, the same bytes for every player. Stateless and safe for any thread: an encoded frame
 * depends on nothing but its entry.
 */
public interface WireFormat {
    /** A name for logs, {@code flv}. One object per format: the ring tells formats apart by identity. */
    String name();

    /**
     * What a player needs before {@code entry} and was not told yet. May be empty.
     *
     * @param news those of the entry's tracks whose decoder configurations are due
     * @param first whether nothing was sent to this player yet; a stream header is due then
     */
    ByteBuf preamble(Entry entry, List<Track> news, boolean first, ByteBufAllocator allocator);

    /** The frame alone. May be empty. */
    ByteBuf frame(Entry entry, ByteBufAllocator allocator);
}
