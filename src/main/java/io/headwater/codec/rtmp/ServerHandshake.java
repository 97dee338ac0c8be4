package io.headwater.codec.rtmp;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/**
 * The server's side of the handshake (RTMP 1.0, 5.2): plain, or with digests if the client's packet carries one that
 * verifies. What the client answers at the end is read and not judged: half the encoders in use get it wrong.
 */
public final class ServerHandshake {
    static final int VERSION = 3;
    private static final int ENCRYPTED_VERSION = 6;
    /** The version that S1 shows to clients that use digests; librtmp wants a number here, any will do. */
    static final int DIGEST_SERVER_VERSION = 0x04050001;

    private final RandomGenerator random;
    private final ByteBuffer packet = ByteBuffer.allocate(HandshakeDigest.PACKET_LENGTH);
    private State state = State.VERSION_BYTE;

    private enum State {
        VERSION_BYTE,
        PACKET,
        ANSWER,
        DONE
    }

    public ServerHandshake(RandomGenerator random) {
        this.random = random;
    }

    /** Whether the handshake is over: what is left of the input belongs to chunks. */
    public boolean isDone() {
        return state == State.DONE;
    }

    /** Takes what belongs to the handshake off the front of {@code in} and says what to send, which may be nothing. */
    public Bytes read(ByteBuffer in) throws MalformedException {
        Bytes answer = Bytes.EMPTY;
        if (state == State.VERSION_BYTE && in.hasRemaining()) {
            checkVersion(in.get() & 0xff);
            state = State.PACKET;
        }
        if (state == State.PACKET && fills(in)) {
            answer = answer(packet.array());
            packet.clear();
            state = State.ANSWER;
        }
        if (state == State.ANSWER && fills(in)) {
            state = State.DONE;
        }
        return answer;
    }

    static void checkVersion(int version) throws MalformedException {
        if (version == ENCRYPTED_VERSION) {
            throw new MalformedException("handshake asks for encrypted RTMP (version 6), expected version 3");
        }
        if (version != VERSION) {
            throw new MalformedException("handshake starts with " + version + ", expected RTMP version 3");
        }
    }

    private boolean fills(ByteBuffer in) {
        int count = Math.min(packet.remaining(), in.remaining());
        in.get(packet.array(), packet.position(), count);
        packet.position(packet.position() + count);
        return !packet.hasRemaining();
    }

    /** S0, S1 and S2 in one. */
    private Bytes answer(byte[] c1) {
        byte[] s1 = randomPacket(random);
        byte[] s2;
        OptionalInt scheme = OptionalInt.empty();
        // a zero version says that there is no digest, and spares looking for one
        if (ByteBuffer.wrap(c1).getInt(4) != 0) {
            scheme = HandshakeDigest.schemeOf(c1, HandshakeDigest.Side.CLIENT);
        }
        if (scheme.isPresent()) {
            ByteBuffer.wrap(s1).putInt(0).putInt(DIGEST_SERVER_VERSION);
            HandshakeDigest.sign(s1, scheme.getAsInt(), HandshakeDigest.Side.SERVER);
            s2 = randomPacket(random);
            HandshakeDigest.answer(s2, c1, scheme.getAsInt(), HandshakeDigest.Side.SERVER);
        } else {
            ByteBuffer.wrap(s1).putLong(0);
            s2 = c1;
        }
        ByteBuffer out = ByteBuffer.allocate(1 + 2 * HandshakeDigest.PACKET_LENGTH);
        out.put((byte) VERSION).put(s1).put(s2);
        return Bytes.of(out.array());
    }

    static byte[] randomPacket(RandomGenerator random) {
        byte[] packet = new byte[HandshakeDigest.PACKET_LENGTH];
        random.nextBytes(packet);
        return packet;
    }
}
