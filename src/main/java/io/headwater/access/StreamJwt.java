package io.headwater.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.headwater.media.StreamKey;
import io.headwater.stream.Admission.Action;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A JWT that lets its bearer publish or play one stream: claims {@code streamId}, {@code type} ({@code play} or
 * {@code publish}) and {@code exp}, and {@code app} if it is for one application only.
 *
 * <p>Which algorithms count is decided by what is configured, never by the token: HS256 with the secret, RS256 and ES256
 * with a public key.
 */
@SuppressWarnings("JavaUtilDate") // the library's times
final class StreamJwt {
    /** The least that HS256 takes. */
    static final int LEAST_SECRET = 32;

    private static final int LONGEST = 8192;
    private static final int MOST_KEYS_TRIED = 8;
    private static final long LEEWAY_MS = 5_000;

    private final SignedJWT jwt;
    private final String text;

    private StreamJwt(SignedJWT jwt, String text) {
        this.jwt = jwt;
        this.text = text;
    }

    static boolean looksLike(String text) {
        return text.startsWith("eyJ") && text.chars().filter(c -> c == '.').count() == 2;
    }

    /** @throws ParseException whatever else the text is */
    static StreamJwt parse(String text) throws ParseException {
        if (text.length() > LONGEST) {
            throw new ParseException("longer than " + LONGEST + " characters", 0);
        }
        try {
            SignedJWT jwt = SignedJWT.parse(text);
            requireOneSpelling(jwt, text);
            return new StreamJwt(jwt, text);
        } catch (RuntimeException strange) {
            throw new ParseException("not a JWT: " + strange.getClass().getSimpleName(), 0);
        }
    }

    /**
     * Base64 says the same bytes in several ways, to a lenient reader. A token that was taken back must not come again in
     * another one.
     */
    private static void requireOneSpelling(SignedJWT jwt, String text) throws ParseException {
        StringBuilder canonical = new StringBuilder();
        for (Base64URL part : jwt.getParsedParts()) {
            canonical.append(canonical.isEmpty() ? "" : ".").append(Base64URL.encode(part.decode()));
        }
        if (!text.contentEquals(canonical)) {
            throw new ParseException("not in the canonical form of Base64URL (RFC 4648, section 3.5)", 0);
        }
    }

    /** Makes one. */
    static String sign(StreamKey key, Action action, long untilMs, long nowMs, String secret) throws JOSEException {
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .claim("streamId", key.streamId())
                .claim("app", key.app())
                .claim("type", typeOf(action))
                .issueTime(new Date(nowMs))
                .expirationTime(new Date(untilMs))
                .jwtID(Secrets.random(9))
                .build();
        SignedJWT made = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        made.sign(new MACSigner(secret.getBytes(StandardCharsets.UTF_8)));
        return made.serialize();
    }

    /** Whether public keys are needed to check it. */
    boolean isAsymmetric() {
        JWSAlgorithm algorithm = jwt.getHeader().getAlgorithm();
        return JWSAlgorithm.RS256.equals(algorithm) || JWSAlgorithm.ES256.equals(algorithm);
    }

    boolean isSignedBy(String secret) {
        try {
            return JWSAlgorithm.HS256.equals(jwt.getHeader().getAlgorithm())
                    && secret.length() >= LEAST_SECRET
                    && jwt.verify(new MACVerifier(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (JOSEException | IllegalStateException refused) {
            return false;
        }
    }

    /** Whether the key it names is among them, or it names none. */
    boolean hasKeyIn(JWKSet keys) {
        return !candidates(keys).isEmpty();
    }

    boolean isSignedByOneOf(JWKSet keys) {
        for (JWK key : candidates(keys)) {
            try {
                if (isAsymmetric() && jwt.verify(verifier(key))) {
                    return true;
                }
            } catch (JOSEException | IllegalStateException | IllegalArgumentException notThisOne) {
                // a key of another kind
            }
        }
        return false;
    }

    private List<JWK> candidates(JWKSet keys) {
        String id = jwt.getHeader().getKeyID();
        boolean elliptic = JWSAlgorithm.ES256.equals(jwt.getHeader().getAlgorithm());
        return keys.getKeys().stream()
                .filter(key -> elliptic ? key instanceof ECKey : key instanceof RSAKey)
                .filter(key -> id == null || id.equals(key.getKeyID()))
                .limit(MOST_KEYS_TRIED)
                .toList();
    }

    private static JWSVerifier verifier(JWK key) throws JOSEException {
        if (key instanceof RSAKey rsa) {
            return new RSASSAVerifier(rsa.toRSAPublicKey());
        }
        return new ECDSAVerifier(((ECKey) key).toECPublicKey());
    }

    /** What a token whose signature is right allows. */
    Verdict claims(StreamKey key, Action action, long nowMs) {
        try {
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            Date until = claims.getExpirationTime();
            Date from = claims.getNotBeforeTime();
            String app = claims.getStringClaim("app");
            if (until == null) {
                return bad("it has no exp");
            }
            if (nowMs >= until.getTime()) {
                return bad("it has expired");
            }
            if (from != null && nowMs + LEEWAY_MS < from.getTime()) {
                return bad("it is not valid yet");
            }
            if (!key.streamId().equals(claims.getStringClaim("streamId")) || (app != null && !app.equals(key.app()))) {
                return bad("it is for another stream");
            }
            if (!typeOf(action).equals(claims.getStringClaim("type"))) {
                return bad("it is not for " + typeOf(action));
            }
            return new Verdict.Good(key, until.getTime(), Map.of(revocation(text), Optional.empty()));
        } catch (ParseException strange) {
            return bad("its claims cannot be read");
        }
    }

    /** When it ends by itself, if it says so. */
    static long untilMs(String text) {
        try {
            Date until = parse(text).jwt.getJWTClaimsSet().getExpirationTime();
            return until == null ? 0 : until.getTime();
        } catch (ParseException unreadable) {
            return 0;
        }
    }

    /** The note that says that a token does not count any more. */
    static String revocation(String text) {
        return "revoked/" + Secrets.sha256(text);
    }

    static Verdict bad(String why) {
        return new Verdict.Bad("Invalid JWT Token: " + why);
    }

    static String typeOf(Action action) {
        return action.name().toLowerCase(Locale.ROOT);
    }
}
