package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class SecretIdentityTest {
    private static final Logger LOG = LoggerFactory.getLogger(SecretIdentityTest.class);

    /** Otherwise nodes of two versions are two clusters. */
    @Test
    void aSecretHasItsKeyInEveryVersion() {
        long fromNs = System.nanoTime();
        SecretIdentity identity = SecretIdentity.of("correct-horse");
        LOG.warn("key and certificate of a secret: {} ms", (System.nanoTime() - fromNs) / 1_000_000);
        byte[] written = identity.keys().getPublic().getEncoded();
        assertEquals(
                "34b21e93edea272542827c2aafdd6384b2a9b02664f60d3e27995ba53b42f420",
                HexFormat.of().formatHex(Arrays.copyOfRange(written, written.length - 32, written.length)));
    }

    @Test
    void everySecretHasAnotherKeyAndTheCertificateIsOfIt() throws Exception {
        SecretIdentity one = SecretIdentity.of("correct-horse");
        SecretIdentity other = SecretIdentity.of("correct-horsf");
        assertNotEquals(one.keys().getPublic(), other.keys().getPublic());
        one.certificate().verify(one.keys().getPublic());
        one.certificate().checkValidity();
        assertEquals(one.keys().getPublic(), one.certificate().getPublicKey());
        assertArrayEquals(
                one.certificate().getEncoded(),
                SecretIdentity.of("correct-horse").certificate().getEncoded());
    }

    @Test
    void theSecretIsNotWritten() {
        assertFalse(new Trust.Secret("correct-horse").toString().contains("horse"));
    }
}
