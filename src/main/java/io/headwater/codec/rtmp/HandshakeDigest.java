package io.headwater.codec.rtmp;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalInt;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The digests that Flash Player 9.0.115 and later hide in the 1536 bytes of the handshake. No document of the protocol
 * describes them; the keys and the two places a digest may be at are common knowledge among its implementers.
 */
final class HandshakeDigest {
    static final int PACKET_LENGTH = 1536;
    private static final int DIGEST_LENGTH = 32;
    /** Where the four bytes are whose sum says where the digest is, by scheme. */
    private static final int[] POINTER = {8, 772};

    private static final int DIGEST_RANGE = 728;

    private static final byte[] COMMON_KEY =
            HexFormat.of().parseHex("f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae");
    private static final String CLIENT_NAME = "Genuine Adobe Flash Player 001";
    private static final String SERVER_NAME = "Genuine Adobe Flash Media Server 001";

    /** Which side made the digest. */
    static final class Side {
        static final Side CLIENT = new Side(CLIENT_NAME);
        static final Side SERVER = new Side(SERVER_NAME);

        private final byte[] digestKey;
        private final byte[] answerKey;

        private Side(String name) {
            digestKey = name.getBytes(StandardCharsets.US_ASCII);
            answerKey = Arrays.copyOf(digestKey, digestKey.length + COMMON_KEY.length);
            System.arraycopy(COMMON_KEY, 0, answerKey, digestKey.length, COMMON_KEY.length);
        }
    }

    private HandshakeDigest() {}

    /** The scheme (0 or 1) by which {@code packet}, a C1 or S1, carries a digest of that side, if it does. */
    static OptionalInt schemeOf(byte[] packet, Side side) {
        for (int scheme : new int[] {1, 0}) {
            int at = digestAt(packet, scheme);
            if (Arrays.equals(digest(packet, at, side), Arrays.copyOfRange(packet, at, at + DIGEST_LENGTH))) {
                return OptionalInt.of(scheme);
            }
        }
        return OptionalInt.empty();
    }

    /** Puts the digest of that side into {@code packet}, a C1 or S1. */
    static void sign(byte[] packet, int scheme, Side side) {
        int at = digestAt(packet, scheme);
        System.arraycopy(digest(packet, at, side), 0, packet, at, DIGEST_LENGTH);
    }

    /** Ends {@code answer}, an S2 or C2 of {@code side}, with what proves that it answers the digest in {@code packet}. */
    static void answer(byte[] answer, byte[] packet, int scheme, Side side) {
        int at = digestAt(packet, scheme);
        byte[] key = hmac(side.answerKey, packet, at, DIGEST_LENGTH);
        int signed = PACKET_LENGTH - DIGEST_LENGTH;
        System.arraycopy(hmac(key, answer, 0, signed), 0, answer, signed, DIGEST_LENGTH);
    }

    private static int digestAt(byte[] packet, int scheme) {
        int pointer = POINTER[scheme];
        int sum = 0;
        for (int i = 0; i < 4; i++) {
            sum += packet[pointer + i] & 0xff;
        }
        return pointer + 4 + sum % DIGEST_RANGE;
    }

    private static byte[] digest(byte[] packet, int at, Side side) {
        byte[] rest = new byte[PACKET_LENGTH - DIGEST_LENGTH];
        System.arraycopy(packet, 0, rest, 0, at);
        System.arraycopy(packet, at + DIGEST_LENGTH, rest, at, rest.length - at);
        return hmac(side.digestKey, rest, 0, rest.length);
    }

    private static byte[] hmac(byte[] key, byte[] bytes, int from, int count) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update(bytes, from, count);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
        }
    }
}
