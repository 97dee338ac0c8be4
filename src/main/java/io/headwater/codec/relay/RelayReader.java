package io.headwater.codec.relay;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes the messages of one direction of one link off bytes that come in pieces of any size.
 *
 * <p>Each byte is copied once, into an array of its message's own; a frame's payload is a view of that array. What is
 * held is never more than twice what arrived, or {@value #AT_ONCE} bytes, whatever length a peer claims. Not safe for
 * threads.
 */
public final class RelayReader {
    private static final int AT_ONCE = 1 << 20;
    private static final byte[] NO_BYTES = new byte[0];

    private final int maxFrameBytes;
    private final byte[] header = new byte[RelayProtocol.HEADER_LENGTH];
    private boolean opened;
    private int headerFilled;
    private int type;
    private int bodyLength;
    private byte[] body = NO_BYTES;
    private int bodyFilled;
    private Bytes lastBody = Bytes.EMPTY;

    private RelayReader(boolean opened, int maxFrameBytes) {
        this.opened = opened;
        this.maxFrameBytes = maxFrameBytes;
        if (!opened) {
            expectOpening();
        }
    }

    /** Reads what a downstream sends: its opening first, and no frames. */
    public static RelayReader atUpstream() {
        return new RelayReader(false, 0);
    }

    /** Reads what an upstream sends, with frames whose payload has at most {@code maxFrameBytes}. */
    public static RelayReader atDownstream(int maxFrameBytes) {
        return new RelayReader(true, maxFrameBytes);
    }

    /** The next message, or null once {@code in} is used up and more is needed. Useless after it threw. */
    public @Nullable RelayMessage read(ByteBuffer in) throws MalformedException {
        if (opened && headerFilled < RelayProtocol.HEADER_LENGTH && !readHeader(in)) {
            return null;
        }
        if (!readBody(in)) {
            return null;
        }
        headerFilled = 0;
        if (!opened) {
            opened = true;
            lastBody = Bytes.of(body);
            return MessageParser.opening(lastBody);
        }
        if (!MessageParser.known(type)) {
            return new RelayMessage.Unknown(type);
        }
        lastBody = Bytes.of(body);
        body = NO_BYTES;
        return MessageParser.parse(type, lastBody, maxFrameBytes);
    }

    /** The body of the message that was read last, as it was on the wire; of an opening, all of it. */
    public Bytes body() {
        return lastBody;
    }

    private boolean readHeader(ByteBuffer in) throws MalformedException {
        int take = Math.min(in.remaining(), RelayProtocol.HEADER_LENGTH - headerFilled);
        in.get(header, headerFilled, take);
        headerFilled += take;
        if (headerFilled < RelayProtocol.HEADER_LENGTH) {
            return false;
        }
        type = header[4] & 0xff;
        long length = ByteBuffer.wrap(header).getInt() & 0xffff_ffffL;
        int limit = MessageParser.limit(type, maxFrameBytes);
        if (length > limit) {
            throw new MalformedException(
                    MessageParser.name(type) + ": body length is " + length + ", expected at most " + limit);
        }
        bodyLength = (int) length;
        bodyFilled = 0;
        body = MessageParser.known(type) ? new byte[Math.min(bodyLength, AT_ONCE)] : NO_BYTES;
        return true;
    }

    private boolean readBody(ByteBuffer in) throws MalformedException {
        int take = Math.min(in.remaining(), bodyLength - bodyFilled);
        if (opened && !MessageParser.known(type)) {
            in.position(in.position() + take);
        } else {
            if (bodyFilled + take > body.length) {
                int grown = (int) Math.min(bodyLength, Math.max(body.length * 2L, bodyFilled + (long) take));
                body = Arrays.copyOf(body, grown);
            }
            in.get(body, bodyFilled, take);
        }
        bodyFilled += take;
        if (!opened) {
            MessageParser.checkMagic(body, bodyFilled);
        }
        return bodyFilled == bodyLength;
    }

    private void expectOpening() {
        bodyLength = RelayProtocol.OPENING_LENGTH;
        body = new byte[bodyLength];
    }
}
