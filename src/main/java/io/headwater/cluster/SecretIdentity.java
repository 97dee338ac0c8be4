package io.headwater.cluster;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * The key pair that follows from a secret, the same on every node that knows it, and the certificate TLS wants around its
 * public half.
 *
 * <p>The certificate is written here, since nobody reads more of it than the key: a library for that weighs more than ten
 * megabytes.
 */
record SecretIdentity(KeyPair keys, X509Certificate certificate) {
    /** Strangers are shown the public key, so a guess at the secret has to cost something. Changing it parts clusters. */
    private static final int ITERATIONS = 100_000;

    private static final String SALT = "io.headwater.cluster remoting 1";
    private static final String ALGORITHM = "Ed25519";
    private static final int SEED_BYTES = 32;

    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int UTF8_STRING = 0x0c;
    private static final int UTC_TIME = 0x17;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int VERSION = 0xa0;
    private static final byte[] OID_ED25519 = {0x06, 3, 0x2b, 0x65, 0x70};
    private static final byte[] OID_COMMON_NAME = {0x06, 3, 0x55, 4, 3};

    /** Derives it, which is slow on purpose. */
    static SecretIdentity of(String secret) {
        try {
            KeyPair keys = keys(seed(secret));
            return new SecretIdentity(keys, certificate(keys));
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("this Java cannot make keys of headwater.cluster.secret", broken);
        }
    }

    private static byte[] seed(String secret) throws GeneralSecurityException {
        PBEKeySpec spec = new PBEKeySpec(
                secret.toCharArray(), SALT.getBytes(StandardCharsets.US_ASCII), ITERATIONS, SEED_BYTES * 8);
        return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(spec)
                .getEncoded();
    }

    /** RFC 8032, 5.1.5: any 32 bytes are a private key, and the public one follows from them. */
    private static KeyPair keys(byte[] seed) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
        generator.initialize(NamedParameterSpec.ED25519, new Fixed(seed));
        KeyPair keys = generator.generateKeyPair();
        byte[] own = ((EdECPrivateKey) keys.getPrivate()).getBytes().orElseThrow();
        if (!Arrays.equals(own, seed)) {
            throw new GeneralSecurityException(
                    generator.getProvider() + " makes keys of something else than it is given");
        }
        return keys;
    }

    /** RFC 5280, 4.1; RFC 8410. */
    private static X509Certificate certificate(KeyPair keys) throws GeneralSecurityException {
        byte[] algorithm = der(SEQUENCE, OID_ED25519);
        byte[] name = der(
                SEQUENCE,
                der(SET, der(SEQUENCE, OID_COMMON_NAME, der(UTF8_STRING, ascii("headwater cluster secret")))));
        byte[] validity =
                der(SEQUENCE, der(UTC_TIME, ascii("700101000000Z")), der(GENERALIZED_TIME, ascii("99991231235959Z")));
        byte[] signed = der(
                SEQUENCE,
                der(VERSION, der(INTEGER, new byte[] {2})),
                der(INTEGER, new byte[] {1}),
                algorithm,
                name,
                validity,
                name,
                keys.getPublic().getEncoded());
        Signature signature = Signature.getInstance(ALGORITHM);
        signature.initSign(keys.getPrivate());
        signature.update(signed);
        byte[] whole = der(SEQUENCE, signed, algorithm, der(BIT_STRING, new byte[] {0}, signature.sign()));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            body.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (body.size() >= 0x100) {
            out.write(0x82);
            out.write(body.size() >> 8);
        } else if (body.size() >= 0x80) {
            out.write(0x81);
        }
        out.write(body.size());
        out.writeBytes(body.toByteArray());
        return out.toByteArray();
    }

    /** Says what it was told to. */
    private static final class Fixed extends SecureRandom {
        private static final long serialVersionUID = 1;
        private final byte[] bytes;

        Fixed(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        @Override
        public void nextBytes(byte[] into) {
            System.arraycopy(bytes, 0, into, 0, Math.min(bytes.length, into.length));
        }
    }
}
