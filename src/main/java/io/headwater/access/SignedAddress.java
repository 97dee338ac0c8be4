package io.headwater.access;

import io.headwater.media.StreamKey;
import io.headwater.stream.Admission.Action;
import java.util.Locale;
import java.util.Map;

/**
 * A hash over the stream's id, {@code play} or {@code publish}, and a secret: {@code sha256(id + type + secret)} in hex, as
 * {@code hash} or {@code token}. With {@code expires}, seconds of the epoch, the hash is over {@code id + type + expires +
 * secret} and good until then.
 */
final class SignedAddress {
    private SignedAddress() {}

    static boolean looksLike(String text) {
        return text.matches("[0-9a-fA-F]{64}");
    }

    static Verdict check(
            String hash, StreamKey key, Action action, Map<String, String> credentials, String secret, long nowMs) {
        String expires = credentials.getOrDefault("expires", "");
        if (secret.isEmpty() || !expires.matches("[0-9]{0,11}")) {
            return new Verdict.Bad("Invalid Hash");
        }
        String right = Secrets.sha256(key.streamId() + action.name().toLowerCase(Locale.ROOT) + expires + secret);
        if (!Secrets.same(right, hash.toLowerCase(Locale.ROOT))) {
            return new Verdict.Bad("Invalid Hash");
        }
        long untilMs = expires.isEmpty() ? Verdict.NEVER : Long.parseLong(expires) * 1000;
        return nowMs >= untilMs
                ? new Verdict.Bad("Invalid Hash: it has expired")
                : new Verdict.Good(key, untilMs, Map.of());
    }
}
