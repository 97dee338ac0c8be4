package io.headwater.codec.rtmp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeTest {
    private final SplittableRandom random = new SplittableRandom(1);
    private final ServerHandshake server = new ServerHandshake(random);

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1535, 1536, 1537, 4000})
    void ourTwoSidesAgreeAtEveryCut(int cut) throws MalformedException {
        for (boolean digest : new boolean[] {false, true}) {
            ServerHandshake ours = new ServerHandshake(random);
            ClientHandshake client = new ClientHandshake(random, digest);
            byte[] answer = fed(ours, cut, client.start().toByteArray());
            assertEquals(1 + 2 * 1536, answer.length);
            assertFalse(ours.isDone());
            byte[] c2 = new byte[0];
            for (int at = 0; at < answer.length; at += cut) {
                c2 = joined(c2, client.read(ByteBuffer.wrap(answer, at, Math.min(cut, answer.length - at))));
            }
            assertTrue(client.isDone());
            assertEquals(1536, c2.length);
            assertEquals(0, fed(ours, cut, c2).length);
            assertTrue(ours.isDone());
        }
    }

    @Test
    void aPlainClientGetsItsOwnPacketBack() throws MalformedException {
        byte[] c1 = packet(0);
        byte[] answer = fed(server, 4000, joined(new byte[] {3}, Bytes.of(c1)));
        assertEquals(3, answer[0]);
        assertArrayEquals(c1, Arrays.copyOfRange(answer, 1 + 1536, answer.length));
        assertEquals(0, ByteBuffer.wrap(answer).getInt(1 + 4), "S1 shows no version");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aClientWithADigestGetsOneInTheSameScheme(int scheme) throws MalformedException {
        byte[] c1 = packet(0x80000702);
        HandshakeDigest.sign(c1, scheme, HandshakeDigest.Side.CLIENT);
        byte[] answer = fed(server, 4000, joined(new byte[] {3}, Bytes.of(c1)));
        byte[] s1 = Arrays.copyOfRange(answer, 1, 1 + 1536);
        byte[] s2 = Arrays.copyOfRange(answer, 1 + 1536, answer.length);
        assertEquals(OptionalInt.of(scheme), HandshakeDigest.schemeOf(s1, HandshakeDigest.Side.SERVER));
        byte[] expected = s2.clone();
        HandshakeDigest.answer(expected, c1, scheme, HandshakeDigest.Side.SERVER);
        assertArrayEquals(expected, s2);
    }

    @Test
    void aClientWhoseDigestIsWrongIsAPlainOne() throws MalformedException {
        byte[] c1 = packet(0x80000702);
        HandshakeDigest.sign(c1, 0, HandshakeDigest.Side.CLIENT);
        c1[1535] ^= 1;
        c1[1534] ^= 1;
        byte[] answer = fed(server, 4000, joined(new byte[] {3}, Bytes.of(c1)));
        assertArrayEquals(c1, Arrays.copyOfRange(answer, 1 + 1536, answer.length));
    }

    @Test
    void bytesAfterTheHandshakeAreLeftAlone() throws MalformedException {
        ByteBuffer all = ByteBuffer.allocate(1 + 2 * 1536 + 5);
        all.put(0, (byte) 3);
        server.read(all);
        assertTrue(server.isDone());
        assertEquals(5, all.remaining());
    }

    @Test
    void otherProtocolsAreRefusedAtTheirFirstByte() {
        assertEquals(
                "handshake starts with 71, expected RTMP version 3",
                assertThrows(
                                MalformedException.class,
                                () -> server.read(ByteBuffer.wrap("GET / HTTP".getBytes(US_ASCII))))
                        .getMessage());
        assertEquals(
                "handshake asks for encrypted RTMP (version 6), expected version 3",
                assertThrows(
                                MalformedException.class,
                                () -> new ServerHandshake(random).read(ByteBuffer.wrap(new byte[] {6})))
                        .getMessage());
        assertThrows(
                MalformedException.class,
                () -> new ClientHandshake(random, true).read(ByteBuffer.wrap("HTTP/1.1 400".getBytes(US_ASCII))));
    }

    private byte[] packet(int version) {
        byte[] packet = new byte[1536];
        random.nextBytes(packet);
        ByteBuffer.wrap(packet).putInt(4, version);
        return packet;
    }

    private static byte[] fed(ServerHandshake server, int step, byte[] bytes) throws MalformedException {
        byte[] answer = new byte[0];
        for (int at = 0; at < bytes.length; at += step) {
            answer = joined(answer, server.read(ByteBuffer.wrap(bytes, at, Math.min(step, bytes.length - at))));
        }
        return answer;
    }

    private static byte[] joined(byte[] head, Bytes tail) {
        byte[] both = Arrays.copyOf(head, head.length + tail.length());
        System.arraycopy(tail.toByteArray(), 0, both, head.length, tail.length());
        return both;
    }
}
