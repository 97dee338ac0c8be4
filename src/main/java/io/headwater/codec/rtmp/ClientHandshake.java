package io.headwater.codec.rtmp;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/** The client's side of the handshake (RTMP 1.0, 5.2): plain, or with digests for servers that insist on them. */
public final class ClientHandshake {
    /** The version of a Flash Player that uses digests. */
    private static final int DIGEST_CLIENT_VERSION = 0x80000702;

    private final RandomGenerator random;
    private final boolean digest;
    private final ByteBuffer answer = ByteBuffer.allocate(1 + 2 * HandshakeDigest.PACKET_LENGTH);

    public ClientHandshake(RandomGenerator random, boolean digest) {
        this.random = random;
        this.digest = digest;
    }

    /** C0 and C1: what to send first. */
    public Bytes start() {
        byte[] c1 = ServerHandshake.randomPacket(random);
        ByteBuffer.wrap(c1).putInt(0).putInt(digest ? DIGEST_CLIENT_VERSION : 0);
        if (digest) {
            HandshakeDigest.sign(c1, 1, HandshakeDigest.Side.CLIENT);
        }
        ByteBuffer out = ByteBuffer.allocate(1 + c1.length)
                .put((byte) ServerHandshake.VERSION)
                .put(c1);
        return Bytes.of(out.array());
    }

    public boolean isDone() {
        return !answer.hasRemaining();
    }

    /** Takes what belongs to the handshake off the front of {@code in} and says what to send, which may be nothing. */
    public Bytes read(ByteBuffer in) throws MalformedException {
        if (isDone() || !in.hasRemaining()) {
            return Bytes.EMPTY;
        }
        int count = Math.min(answer.remaining(), in.remaining());
        in.get(answer.array(), answer.position(), count);
        answer.position(answer.position() + count);
        ServerHandshake.checkVersion(answer.get(0) & 0xff);
        return isDone() ? c2() : Bytes.EMPTY;
    }

    private Bytes c2() {
        byte[] s1 = new byte[HandshakeDigest.PACKET_LENGTH];
        answer.get(1, s1);
        OptionalInt scheme = digest ? HandshakeDigest.schemeOf(s1, HandshakeDigest.Side.SERVER) : OptionalInt.empty();
        if (scheme.isEmpty()) {
            return Bytes.of(s1);
        }
        byte[] c2 = ServerHandshake.randomPacket(random);
        HandshakeDigest.answer(c2, s1, scheme.getAsInt(), HandshakeDigest.Side.CLIENT);
        return Bytes.of(c2);
    }
}
