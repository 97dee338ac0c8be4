package io.headwater.relay;

import io.headwater.codec.relay.RelayProtocol;
import io.headwater.media.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/** What both directions of the relay share about secrets. */
final class RelaySecrets {
    private static final SecureRandom RANDOM = new SecureRandom();

    private RelaySecrets() {}

    static Bytes secret(RelaySettings settings) {
        return Bytes.of(settings.secret().getBytes(StandardCharsets.UTF_8));
    }

    static Bytes nonce() {
        byte[] nonce = new byte[RelayProtocol.NONCE_LENGTH];
        RANDOM.nextBytes(nonce);
        return Bytes.of(nonce);
    }
}
