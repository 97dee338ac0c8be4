package io.headwater.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * How a protocol writes frames, the same bytes for every player. Stateless and safe for any thread: an encoded frame
 * depends on nothing but its entry.
 */
public interface WireFormat {
    /** A name for logs, {@code flv}. One object per format: the ring tells formats apart by identity. */
    String name();

    /**
     * What a player needs before {@code entry} when it starts there: the decoder configurations of the entry's tracks,
     * except that of the frame's own track if {@link Entry#trackChanged} (it is in the encoded frame then).
     *
     * @param first whether nothing was sent to this player yet; a stream header is due then
     */
    ByteBuf preamble(Entry entry, boolean first, ByteBufAllocator allocator);

    /** The frame, with its track's configuration before it if {@link Entry#trackChanged}. May be empty. */
    ByteBuf frame(Entry entry, ByteBufAllocator allocator);
}
