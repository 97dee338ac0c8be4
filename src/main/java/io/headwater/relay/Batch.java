package io.headwater.relay;

import io.headwater.media.Bytes;
import org.apache.pekko.util.ByteString;
import org.apache.pekko.util.ByteStringBuilder;

/** Pieces of one write, kept where they lie. */
final class Batch {
    private ByteStringBuilder pieces = ByteString.createBuilder();
    private int length;

    void add(byte[] piece) {
        pieces.append(ByteString.fromArrayUnsafe(piece));
        length += piece.length;
    }

    void add(Bytes piece) {
        pieces.append(ByteString.fromArrayUnsafe(piece.array(), piece.offset(), piece.length()));
        length += piece.length();
    }

    int length() {
        return length;
    }

    /** All pieces so far; the batch is empty then. */
    ByteString take() {
        ByteString taken = pieces.result();
        pieces = ByteString.createBuilder();
        length = 0;
        return taken;
    }
}
