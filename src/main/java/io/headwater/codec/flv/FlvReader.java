package io.headwater.codec.flv;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Reads the tags of one FLV file or HTTP body that arrives in arbitrary cuts. Keeps at most one tag; each tag's body is
 * a copy of its own. Not safe for threads.
 *
 * <p>The sizes behind the tags are skipped unread: many writers get them wrong and nobody needs them.
 */
public final class FlvReader {
    private final int maxBody;
    private final byte[] head = new byte[4 + FlvFile.TAG_HEADER_LENGTH];
    private int headWanted = 9;
    private int headFilled;
    private boolean headerSeen;
    private long skip;
    private byte[] body = new byte[0];
    private int bodyFilled;
    private boolean inBody;

    /** @param maxBody a tag with a longer body is malformed */
    public FlvReader(int maxBody) {
        this.maxBody = maxBody;
    }

    /** Takes bytes off {@code in} up to the end of the next tag, or all of them if that is not there yet. */
    public Optional<FlvTag> read(ByteBuffer in) throws MalformedException {
        while (in.hasRemaining()) {
            if (skip > 0) {
                int skipped = (int) Math.min(skip, in.remaining());
                in.position(in.position() + skipped);
                skip -= skipped;
            } else if (!inBody) {
                headFilled += fill(in, head, headFilled, headWanted);
                if (headFilled == headWanted) {
                    headFilled = 0;
                    onHead();
                }
            } else {
                bodyFilled += fill(in, body, bodyFilled, body.length);
            }
            if (inBody && bodyFilled == body.length) {
                return Optional.of(tag());
            }
        }
        return Optional.empty();
    }

    private static int fill(ByteBuffer in, byte[] to, int filled, int wanted) {
        int count = Math.min(wanted - filled, in.remaining());
        in.get(to, filled, count);
        return count;
    }

    private void onHead() throws MalformedException {
        ByteBuffer fields = ByteBuffer.wrap(head);
        if (!headerSeen) {
            onFileHeader(fields);
            return;
        }
        fields.getInt(); // the size of the tag before
        int first = fields.get();
        if ((first & 0x20) != 0) {
            throw new MalformedException("FLV tag is encrypted, expected a plain one");
        }
        int length = fields.getInt(fields.position() - 1) & 0xff_ffff;
        if (length > maxBody) {
            throw new MalformedException("FLV tag body is " + length + " bytes, expected at most " + maxBody);
        }
        body = new byte[length];
        bodyFilled = 0;
        inBody = true;
    }

    private void onFileHeader(ByteBuffer fields) throws MalformedException {
        if (fields.get() != 'F' || fields.get() != 'L' || fields.get() != 'V') {
            throw new MalformedException("not FLV: does not begin with 'FLV'");
        }
        int version = fields.get();
        long length = fields.getInt(5) & 0xffff_ffffL;
        if (version != 1 || length < 9 || length > 1024) {
            throw new MalformedException(
                    "FLV header says version " + version + ", length " + length + ", expected version 1, length 9");
        }
        skip = length - 9;
        headerSeen = true;
        headWanted = head.length;
    }

    private FlvTag tag() {
        inBody = false;
        ByteBuffer fields = ByteBuffer.wrap(head);
        int type = fields.get(4) & 0x1f;
        int timestamp = fields.getInt(8);
        long timestampMs = (timestamp >>> 8 | timestamp << 24) & 0xffff_ffffL;
        FlvTag tag = new FlvTag(type, timestampMs, Bytes.of(body));
        body = new byte[0];
        return tag;
    }
}
