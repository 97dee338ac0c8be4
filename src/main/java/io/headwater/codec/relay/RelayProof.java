package io.headwater.codec.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.headwater.media.Bytes;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The proof that a side of a link knows the cluster secret: HMAC-SHA256 over the side's role and everything both sides
 * said until then, nonces included. So it fits one link, one direction and one hello only.
 */
public final class RelayProof {
    private static final String ALGORITHM = "HmacSHA256";

    /** Whose proof it is. */
    public enum Role {
        DOWNSTREAM,
        UPSTREAM
    }

    private RelayProof() {}

    /**
     * @param secret the cluster secret, not empty
     * @param opening all bytes of the downstream's opening
     * @param challenge the body of the upstream's challenge
     * @param helloFields the body of the downstream's hello after its proof
     */
    public static Bytes of(Role role, Bytes secret, Bytes opening, Bytes challenge, Bytes helloFields) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.array(), secret.offset(), secret.length(), ALGORITHM));
            mac.update(label(role).getBytes(US_ASCII));
            part(mac, opening);
            part(mac, challenge);
            part(mac, helloFields);
            return Bytes.of(mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    /** Whether two proofs are the same, in a time that does not tell where they differ. */
    public static boolean matches(Bytes expected, Bytes given) {
        return MessageDigest.isEqual(expected.toByteArray(), given.toByteArray());
    }

    /** The fields a hello's proof covers, of the hello's body as it was read. */
    public static Bytes helloFields(Bytes helloBody) {
        return helloBody.from(1 + helloBody.unsignedAt(0));
    }

    private static String label(Role role) {
        return role == Role.DOWNSTREAM ? "headwater-relay-1 downstream" : "headwater-relay-1 upstream";
    }

    private static void part(Mac mac, Bytes part) {
        mac.update(ByteBuffer.allocate(4).putInt(part.length()).flip());
        mac.update(part.array(), part.offset(), part.length());
    }
}
