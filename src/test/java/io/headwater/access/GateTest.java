package io.headwater.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import io.headwater.access.AppAccess.Way;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Admission;
import io.headwater.stream.Admission.Action;
import io.headwater.stream.Streams;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("JavaUtilDate")
class GateTest {
    private static final StreamKey KEY = new StreamKey("live", "stream1");
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final String HASH_SECRET = "the-secret-of-hashes";
    private static final long START = 1_800_000_000_000L;

    private final AtomicLong now = new AtomicLong(START);
    private final Counters counters = new Counters();
    private final FakeNotes notes = new FakeNotes();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    @Test
    void whereNothingIsAskedForEverybodyMay() throws Exception {
        Gate gate = gate(AppAccess.open());
        assertEquals(KEY, allowed(gate, Action.PUBLISH, Map.of()).key());
        assertEquals(0, counters.get(Metric.ACCESS_PUBLISH_ALLOWED));
    }

    @Test
    void aSignedTokenIsForOneStreamOneUseAndATime() throws Exception {
        Gate gate = gate(access(Set.of(Way.JWT), Set.of(Way.JWT)));
        String play = gate.sign(KEY, Action.PLAY, START + 60_000).orElseThrow();
        allowed(gate, Action.PLAY, Map.of("token", play));
        assertEquals("Invalid JWT Token: it is not for publish", refused(gate, Action.PUBLISH, Map.of("token", play)));
        assertEquals(
                "Invalid JWT Token: it is for another stream",
                reason(gate.ask(
                        request(Action.PLAY, new StreamKey("live", "stream2"), "rtmp", Map.of("token", play)))));
        assertEquals(
                "Invalid JWT Token: it is for another stream",
                reason(gate.ask(
                        request(Action.PLAY, new StreamKey("other", "stream1"), "rtmp", Map.of("token", play)))));
        assertEquals("a token is needed", refused(gate, Action.PLAY, Map.of()));
        now.addAndGet(60_000);
        assertEquals("Invalid JWT Token: it has expired", refused(gate, Action.PLAY, Map.of("token", play)));
        assertEquals(5, counters.get(Metric.ACCESS_PLAY_REFUSED) + counters.get(Metric.ACCESS_PUBLISH_REFUSED));
    }

    @Test
    void tokensOfStrangersAreRefused() throws Exception {
        Gate gate = gate(access(Set.of(), Set.of(Way.JWT)));
        JWTClaimsSet claims = claims("stream1", "play", START + 60_000);
        String wrong = "Invalid JWT Token: its signature is not right";
        assertEquals(wrong, refused(gate, Action.PLAY, token(hmac("another secret of 32 characters.."), claims)));
        String good = hmac(SECRET).apply(claims);
        allowed(gate, Action.PLAY, Map.of("token", good));
        String unsigned = "eyJhbGciOiJub25lIn0." + good.split("\\.", -1)[1] + ".";
        assertEquals("Invalid JWT Token: it cannot be read", refused(gate, Action.PLAY, Map.of("token", unsigned)));
        JWTClaimsSet endless = new JWTClaimsSet.Builder()
                .claim("streamId", "stream1")
                .claim("type", "play")
                .build();
        assertEquals("Invalid JWT Token: it has no exp", refused(gate, Action.PLAY, token(hmac(SECRET), endless)));
        assertEquals(
                "Invalid JWT Token: it cannot be read",
                refused(gate, Action.PLAY, Map.of("token", "eyJ" + "A".repeat(9000) + ".a.b")));
    }

    @Test
    void publicKeysOfAFileCheckTokensAndNeverASecretOfTheSameBytes(@TempDir Path folder) throws Exception {
        RSAKey rsa = new RSAKeyGenerator(2048).keyID("r1").generate();
        ECKey elliptic = new ECKeyGenerator(Curve.P_256).keyID("e1").generate();
        Path file = folder.resolve("keys.json");
        Files.writeString(
                file, new JWKSet(List.of(rsa, elliptic)).toPublicJWKSet().toString());
        Gate gate = gate(keys(file.toString()));
        JWTClaimsSet claims = claims("stream1", "play", START + 60_000);
        allowed(gate, Action.PLAY, token(by(JWSAlgorithm.RS256, "r1", new RSASSASigner(rsa)), claims));
        allowed(gate, Action.PLAY, token(by(JWSAlgorithm.ES256, "e1", new ECDSASigner(elliptic)), claims));
        RSAKey stranger = new RSAKeyGenerator(2048).keyID("r1").generate();
        String wrong = "Invalid JWT Token: its signature is not right";
        assertEquals(
                wrong,
                refused(gate, Action.PLAY, token(by(JWSAlgorithm.RS256, "r1", new RSASSASigner(stranger)), claims)));
        // the classic confusion of algorithms: the public key taken for an HMAC secret
        String publicKey = rsa.toPublicJWK().toJSONString();
        assertEquals(wrong, refused(gate, Action.PLAY, token(hmac(publicKey), claims)));
    }

    @Test
    void publicKeysAreFetchedOnceAndAgainForAnUnknownKeyAndNoMoreOftenThanThat() throws Exception {
        RSAKey rsa = new RSAKeyGenerator(2048).keyID("r1").generate();
        AtomicInteger fetched = new AtomicInteger();
        String url = serve(
                200,
                rsa.toPublicJWK() == null
                        ? ""
                        : new JWKSet(rsa).toPublicJWKSet().toString(),
                fetched);
        Gate gate = gate(keys(url));
        JWTClaimsSet claims = claims("stream1", "play", START + 60_000);
        for (int i = 0; i < 10; i++) {
            allowed(gate, Action.PLAY, token(by(JWSAlgorithm.RS256, "r1", new RSASSASigner(rsa)), claims));
        }
        assertEquals(1, fetched.get());
        for (int i = 0; i < 10; i++) {
            refused(gate, Action.PLAY, token(by(JWSAlgorithm.RS256, "r2", new RSASSASigner(rsa)), claims));
        }
        assertTrue(fetched.get() <= 2, "fetched " + fetched.get());
    }

    @Test
    void keysThatAreTooLongOrMissingAreNoKeys() throws Exception {
        RSAKey rsa = new RSAKeyGenerator(2048).keyID("r1").generate();
        JWTClaimsSet claims = claims("stream1", "play", START + 60_000);
        Gate gate = gate(keys(serve(200, " ".repeat(300_000), new AtomicInteger())));
        refused(gate, Action.PLAY, token(by(JWSAlgorithm.RS256, "r1", new RSASSASigner(rsa)), claims));
        assertEquals(1, counters.get(Metric.ACCESS_KEYS_FAILED));
    }

    @Test
    void aSignedAddressIsTakenAsScriptsMakeIt() throws Exception {
        Gate gate = gate(access(Set.of(Way.HASH), Set.of(Way.HASH)));
        String hash = Secrets.sha256("stream1" + "play" + HASH_SECRET);
        allowed(gate, Action.PLAY, Map.of("hash", hash));
        allowed(gate, Action.PLAY, Map.of("token", hash));
        assertEquals("Invalid Hash", refused(gate, Action.PUBLISH, Map.of("hash", hash)));
        String dated = Secrets.sha256("stream1" + "play" + (START / 1000 + 10) + HASH_SECRET);
        Map<String, String> good = Map.of("hash", dated, "expires", Long.toString(START / 1000 + 10));
        allowed(gate, Action.PLAY, good);
        assertEquals(
                "Invalid Hash",
                refused(gate, Action.PLAY, Map.of("hash", dated, "expires", Long.toString(START / 1000 + 1000))));
        now.addAndGet(10_000);
        assertEquals("Invalid Hash: it has expired", refused(gate, Action.PLAY, good));
    }

    @Test
    void aTokenIsGoodOnce() throws Exception {
        Gate gate = gate(access(Set.of(Way.TOKEN), Set.of(Way.TOKEN)));
        String token = create(gate, Action.PLAY);
        assertFalse(notes.notes.toString().contains(token.substring(token.indexOf('.') + 1)), "kept as a hash");
        assertTrue(gate.tokens().isGood(token, KEY, Action.PLAY));
        refused(gate, Action.PUBLISH, Map.of("token", token));
        refused(gate, Action.PLAY, Map.of("token", token.substring(0, token.length() - 1) + "~"));
        allowed(gate, Action.PLAY, Map.of("token", token));
        assertEquals(
                "Invalid Token for streamId:stream1, it was used already",
                refused(gate, Action.PLAY, Map.of("token", token)));
        assertEquals(
                List.of(true),
                gate.tokens().list(KEY).stream().map(OneTimeTokens.Token::used).toList());
    }

    @Test
    void withHlsATokenIsGoodForTheAddressThatUsedItFirst() throws Exception {
        Gate gate = gate(access(Set.of(), Set.of(Way.TOKEN)));
        String token = create(gate, Action.PLAY);
        for (int i = 0; i < 3; i++) {
            Admission.Request again = request(Action.PLAY, KEY, "hls", Map.of("token", token));
            assertInstanceOf(
                    Admission.Decision.Allowed.class,
                    gate.ask(again).toCompletableFuture().get());
        }
        Admission.Request other = new Admission.Request(
                Action.PLAY, KEY, new Streams.PeerInfo("hls", "192.0.2.9:1"), Map.of("token", token));
        assertInstanceOf(
                Admission.Decision.Refused.class,
                gate.ask(other).toCompletableFuture().get());
        refused(gate, Action.PLAY, Map.of("token", token));
    }

    @Test
    void aSessionEndsWhenItsTokenExpiresOrIsTakenBack() throws Exception {
        Gate gate = gate(access(Set.of(), Set.of(Way.TOKEN, Way.JWT)));
        List<String> ended = new ArrayList<>();
        allowed(gate, Action.PLAY, Map.of("token", create(gate, Action.PLAY)))
                .pass()
                .onEnd(reason -> ended.add("a " + reason));
        String second = create(gate, Action.PLAY);
        allowed(gate, Action.PLAY, Map.of("token", second)).pass().onEnd(reason -> ended.add("b " + reason));
        String signed = gate.sign(KEY, Action.PLAY, START + 60_000).orElseThrow();
        allowed(gate, Action.PLAY, Map.of("token", signed)).pass().onEnd(reason -> ended.add("c " + reason));
        Admission.Decision.Allowed left = allowed(gate, Action.PLAY, Map.of("token", signed));
        left.pass().onEnd(reason -> ended.add("d"));
        left.pass().close();

        assertTrue(gate.revoke(KEY, second).toCompletableFuture().get());
        assertTrue(gate.revoke(KEY, signed).toCompletableFuture().get());
        assertEquals(List.of("b the permission was taken back", "c the permission was taken back"), ended);
        assertEquals("Invalid JWT Token: it was taken back", refused(gate, Action.PLAY, Map.of("token", signed)));
        now.addAndGet(60_000);
        gate.tick();
        assertEquals("a the permission has expired", ended.get(2));
        assertEquals(3, ended.size(), "who left is not told");
        assertEquals(2, counters.get(Metric.ACCESS_SESSIONS_REVOKED));
        assertEquals(1, counters.get(Metric.ACCESS_SESSIONS_EXPIRED));
    }

    @Test
    void whoAdmittedATokenLastKeepsItWhenTwoNodesDidAtOnce() throws Exception {
        Gate gate = gate(access(Set.of(), Set.of(Way.TOKEN)));
        List<String> ended = new ArrayList<>();
        allowed(gate, Action.PLAY, Map.of("token", create(gate, Action.PLAY)))
                .pass()
                .onEnd(ended::add);
        String name = notes.notes.keySet().iterator().next();
        notes.put(name, notes.notes.get(name).replaceFirst("session .*", "session elsewhere"), START);
        assertEquals(1, ended.size());
    }

    @Test
    void aStreamKeyStandsForItsStreamAndIsShownNowhere() throws Exception {
        Gate gate = gate(access(Set.of(Way.KEY), Set.of()));
        String secret =
                gate.streamKeys().create(KEY).toCompletableFuture().get().orElseThrow();
        Admission.Request alone = request(Action.PUBLISH, new StreamKey("live", secret), "rtmp", Map.of());
        Admission.Decision.Allowed allowed = assertInstanceOf(
                Admission.Decision.Allowed.class,
                gate.ask(alone).toCompletableFuture().get());
        assertEquals(KEY, allowed.key());
        assertFalse(alone.toString().contains(secret));
        assertFalse(notes.notes.toString().contains(secret), "kept as a hash");
        allowed(gate, Action.PUBLISH, Map.of("key", secret));
        assertEquals("Invalid stream key", refused(gate, Action.PUBLISH, Map.of()));
        assertEquals(
                "Invalid stream key",
                reason(gate.ask(
                        request(Action.PUBLISH, new StreamKey("live", "stream2"), "rtmp", Map.of("key", secret)))));
        assertEquals(
                "Invalid stream key",
                reason(gate.ask(request(Action.PUBLISH, new StreamKey("other", secret), "rtmp", Map.of()))));
        List<String> ended = new ArrayList<>();
        allowed.pass().onEnd(ended::add);
        gate.streamKeys().create(KEY);
        assertEquals(1, ended.size(), "a new key ends who publishes with the old one");
        assertEquals("Invalid stream key", refused(gate, Action.PUBLISH, Map.of("key", secret)));
    }

    @Test
    void theWebhookHasTheLastWord() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        allowed(gate(hook(serve(200, "", asked), false)), Action.PLAY, Map.of());
        assertEquals(1, asked.get());
        assertEquals(
                "the application's server does not allow it",
                refused(gate(hook(serve(403, "", asked), true)), Action.PLAY, Map.of()));
    }

    @Test
    void theWebhookIsToldEverythingButTheStreamKeyThatTheNodeHasChecked() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        URI url = URI.create(serve(200, "", new AtomicInteger(), told));
        for (boolean keys : new boolean[] {true, false}) {
            Set<Way> ways = keys ? Set.of(Way.KEY) : Set.of();
            Gate gate = gate(new AppAccess(ways, Set.of(), "", "", "", Optional.of(url), Optional.empty(), false));
            String secret = keys
                    ? gate.streamKeys().create(KEY).toCompletableFuture().get().orElseThrow()
                    : "a-key-of-the-operators-own";
            allowed(gate, Action.PUBLISH, Map.of("key", secret, "camera", "west"));
            String body = told.remove(0);
            assertTrue(body.contains("\"queryParams\":{") && body.contains("\"camera\":\"west\""), body);
            assertEquals(!keys, body.contains(secret), body);
        }
    }

    @Test
    void aWebhookThatDoesNotAnswerRefusesOrAllowsAsConfigured() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        String broken = serve(500, "", asked);
        assertEquals(
                "the application's server cannot be asked", refused(gate(hook(broken, false)), Action.PLAY, Map.of()));
        allowed(gate(hook(broken, true)), Action.PLAY, Map.of());
        assertEquals(2, counters.get(Metric.ACCESS_HOOKS_FAILED));
        AppAccess slow = hook(serve(0, "", asked), false);
        Gate gate = gate(slow);
        List<CompletionStage<Admission.Decision>> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiting.add(gate.ask(request(Action.PLAY, KEY, "rtmp", Map.of())));
        }
        assertEquals(6, counters.get(Metric.ACCESS_HOOKS_SATURATED), "4 at once");
        for (CompletionStage<Admission.Decision> one : waiting) {
            assertEquals("the application's server cannot be asked", reason(one));
        }
    }

    @Test
    void whateverIsBroughtIsAnsweredAndNothingIsThrown() throws Exception {
        Gate gate = gate(access(Set.of(Way.JWT, Way.HASH, Way.TOKEN, Way.KEY), Set.of(Way.JWT, Way.HASH, Way.TOKEN)));
        String good = gate.sign(KEY, Action.PLAY, START + 60_000).orElseThrow();
        SplittableRandom random = new SplittableRandom(Long.getLong("seed", 1));
        for (int i = 0; i < 5_000; i++) {
            String text = switch (random.nextInt(4)) {
                case 0 -> mutated(good, random);
                case 1 -> mutated("a".repeat(64), random);
                case 2 -> "eyJ" + garbage(random) + "." + garbage(random) + "." + garbage(random);
                default -> garbage(random);
            };
            String parameter = List.of("token", "hash", "key", "expires").get(random.nextInt(4));
            if (!text.equals(good)) {
                refused(
                        gate,
                        random.nextBoolean() ? Action.PLAY : Action.PUBLISH,
                        Map.of(parameter, text, "other", text));
            }
        }
    }

    @Test
    void aTokenHasOneSpellingSoThatItCanBeTakenBack() throws Exception {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        Gate gate = gate(access(Set.of(Way.JWT), Set.of(Way.JWT)));
        String good = gate.sign(KEY, Action.PLAY, START + 60_000).orElseThrow();
        int last = good.length() - 1;
        // 32 bytes leave two bits of the last character without a meaning
        char same = alphabet.charAt(alphabet.indexOf(good.charAt(last)) ^ 1);
        refused(gate, Action.PLAY, Map.of("token", good.substring(0, last) + same));
        refused(gate, Action.PLAY, Map.of("token", good + " "));
        refused(gate, Action.PLAY, Map.of("token", good + "="));
    }

    private static String mutated(String text, SplittableRandom random) {
        StringBuilder other = new StringBuilder(text);
        other.setCharAt(random.nextInt(text.length()), (char) (33 + random.nextInt(94)));
        return other.toString();
    }

    private static String garbage(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(60); i > 0; i--) {
            text.append((char) random.nextInt(random.nextBoolean() ? 128 : 0xd800));
        }
        return text.toString();
    }

    private String create(Gate gate, Action action) throws Exception {
        return gate.tokens()
                .create(KEY, action, START + 60_000)
                .toCompletableFuture()
                .get()
                .orElseThrow()
                .id();
    }

    private Admission.Decision.Allowed allowed(Gate gate, Action action, Map<String, String> credentials)
            throws Exception {
        Admission.Decision decision = gate.ask(request(action, KEY, "rtmp", credentials))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        return assertInstanceOf(Admission.Decision.Allowed.class, decision);
    }

    private String refused(Gate gate, Action action, Map<String, String> credentials) throws Exception {
        return reason(gate.ask(request(action, KEY, "rtmp", credentials)));
    }

    private static String reason(CompletionStage<Admission.Decision> decision) throws Exception {
        return assertInstanceOf(
                        Admission.Decision.Refused.class,
                        decision.toCompletableFuture().get(30, TimeUnit.SECONDS))
                .reason();
    }

    private static Admission.Request request(
            Action action, StreamKey key, String protocol, Map<String, String> credentials) {
        return new Admission.Request(action, key, new Streams.PeerInfo(protocol, "192.0.2.1:4711"), credentials);
    }

    private static AppAccess access(Set<Way> publish, Set<Way> play) {
        return new AppAccess(publish, play, SECRET, "", HASH_SECRET, Optional.empty(), Optional.empty(), false);
    }

    private static AppAccess keys(String jwks) {
        return new AppAccess(Set.of(), Set.of(Way.JWT), "", jwks, "", Optional.empty(), Optional.empty(), false);
    }

    private static AppAccess hook(String url, boolean failsOpen) {
        return new AppAccess(Set.of(), Set.of(), "", "", "", Optional.empty(), Optional.of(URI.create(url)), failsOpen);
    }

    private Gate gate(AppAccess app) {
        AccessSettings settings = new AccessSettings(
                Map.of(), app, Duration.ofMillis(1500), 4, Duration.ofMinutes(5), Duration.ofSeconds(20));
        Gate gate = Gate.atHand(settings, notes, counters, now::get);
        open.add(gate);
        return gate;
    }

    /** A server that says always the same; status 0 stands for no answer. */
    private String serve(int status, String body, AtomicInteger asked) throws Exception {
        return serve(status, body, asked, new ArrayList<>());
    }

    /** @param told takes what it is asked */
    private String serve(int status, String body, AtomicInteger asked, List<String> told) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            told.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            if (status != 0) {
                exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
                exchange.getResponseBody().write(bytes);
                exchange.close();
            }
        });
        server.start();
        open.add(() -> server.stop(0));
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    private interface Signing {
        String apply(JWTClaimsSet claims) throws Exception;
    }

    private static Signing hmac(String secret) {
        return claims -> by(JWSAlgorithm.HS256, null, new MACSigner(secret.getBytes(StandardCharsets.UTF_8)))
                .apply(claims);
    }

    private static Signing by(JWSAlgorithm algorithm, String keyId, JWSSigner signer) {
        return claims -> {
            SignedJWT jwt =
                    new SignedJWT(new JWSHeader.Builder(algorithm).keyID(keyId).build(), claims);
            jwt.sign(signer);
            return jwt.serialize();
        };
    }

    private static Map<String, String> token(Signing signing, JWTClaimsSet claims) throws Exception {
        return Map.of("token", signing.apply(claims));
    }

    private static JWTClaimsSet claims(String streamId, String type, long untilMs) {
        return new JWTClaimsSet.Builder()
                .claim("streamId", streamId)
                .claim("type", type)
                .expirationTime(new Date(untilMs))
                .build();
    }
}
