package io.headwater.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.net.Counters;
import io.headwater.net.Metric;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.RemoteAddress;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteGuardTest {
    private static final String TOKEN = "correct-horse-battery";
    /** What {@code printf %s correct-horse-battery | sha256sum} prints. */
    private static final String HASHED = "sha256:62249369389075490555a758353aec61500c6218fa597252d52dc4bd0148f12d";

    private static final String STRANGER = "192.0.2.7";

    private final Counters counters = new Counters();

    @Test
    void aStrangerNeedsAToken() throws Exception {
        WriteGuard guard = guard(List.of(TOKEN), false);
        assertEquals(401, refusal(guard, STRANGER, Map.of()));
        assertEquals(401, refusal(guard, STRANGER, Map.of("Authorization", "Bearer correct-horse-batterx")));
        assertEquals(401, refusal(guard, STRANGER, Map.of("Authorization", "Bearer ")));
        assertEquals(200, refusal(guard, STRANGER, Map.of("Authorization", "Bearer " + TOKEN)));
        assertEquals(200, refusal(guard, STRANGER, Map.of("Authorization", "bearer " + TOKEN)));
        assertEquals(200, refusal(guard, STRANGER, Map.of("ProxyAuthorization", TOKEN)));
        assertEquals(3, counters.get(Metric.API_UNAUTHORIZED));
    }

    @Test
    void aTokenMayBeConfiguredAsItsHash() throws Exception {
        WriteGuard guard = guard(List.of(HASHED), false);
        assertEquals(200, refusal(guard, STRANGER, Map.of("Authorization", "Bearer " + TOKEN)));
        assertEquals(401, refusal(guard, STRANGER, Map.of("Authorization", "Bearer " + HASHED)));
    }

    @Test
    void thisMachineNeedsNoTokenButAWrongOneIsRefused() throws Exception {
        WriteGuard guard = guard(List.of(TOKEN), false);
        assertEquals(200, refusal(guard, "127.0.0.1", Map.of()));
        assertEquals(401, refusal(guard, "127.0.0.1", Map.of("Authorization", "Bearer wrong-wrong-wrong")));
        assertEquals(401, refusal(guard, "127.0.0.1", Map.of("X-Forwarded-For", STRANGER)));
    }

    @Test
    void aPageUnderAHostNameNeedsATokenOnThisMachineToo() throws Exception {
        WriteGuard guard = guard(List.of(TOKEN), false);
        assertEquals(401, refusal(guard, "127.0.0.1", Map.of("Origin", "http://rebound.example.org:5080")));
        assertEquals(200, refusal(guard, "127.0.0.1", Map.of("Origin", "http://127.0.0.1:5080")));
        assertEquals(200, refusal(guard, "127.0.0.1", Map.of("Origin", "http://[::1]:5080")));
        assertEquals(200, refusal(guard, "127.0.0.1", Map.of("Origin", "http://localhost:5080")));
    }

    @Test
    void whereThereAreNoTokensAStrangerIsForbidden() throws Exception {
        assertEquals(403, refusal(guard(List.of(), false), STRANGER, Map.of()));
        assertEquals(1, counters.get(Metric.API_FORBIDDEN));
    }

    @Test
    void readingIsFreeUnlessItIsProtected() throws Exception {
        assertEquals(200, status(guard(List.of(TOKEN), false).refusal(from(STRANGER, Map.of()), false)));
        WriteGuard guard = guard(List.of(TOKEN), true);
        assertEquals(401, status(guard.refusal(from(STRANGER, Map.of()), false)));
        assertEquals(200, status(guard.refusal(from(STRANGER, Map.of()).withUri("/rest/v2/liveness"), false)));
        assertEquals(200, status(guard.refusal(from(STRANGER, Map.of("Authorization", "Bearer " + TOKEN)), false)));
    }

    @Test
    void whoGuessesIsNotListenedToAnyMore() throws Exception {
        WriteGuard guard = guard(List.of(TOKEN), false);
        for (int i = 0; i < 10; i++) {
            assertEquals(401, refusal(guard, STRANGER, Map.of("Authorization", "Bearer guess-number-" + i)));
        }
        assertEquals(429, refusal(guard, STRANGER, Map.of("Authorization", "Bearer guess-number-10")));
        assertEquals(
                200,
                refusal(guard, STRANGER, Map.of("Authorization", "Bearer " + TOKEN)),
                "an administrator behind the same proxy");
        assertEquals(
                401, refusal(guard, "192.0.2.8", Map.of("Authorization", "Bearer guess-number-11")), "nobody else");
    }

    @Test
    void aFileOfTokensIsReadAgainWhenItChanges(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("tokens");
        AtomicLong now = new AtomicLong();
        Protection protection =
                new Protection(Protection.defaults().writeFrom(), List.of(), Optional.of(file), false, List.of());
        AdminTokens tokens = new AdminTokens(protection, now::get);
        assertFalse(tokens.knows(TOKEN), "no file yet");
        Files.writeString(file, "# administrators\n" + HASHED + "\nshort\n");
        assertFalse(tokens.knows(TOKEN), "not looked at again yet");
        now.addAndGet(TimeUnit.SECONDS.toNanos(2));
        assertTrue(tokens.knows(TOKEN));
        assertFalse(tokens.knows("short"));
        Files.writeString(file, "another-token-of-one");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        now.addAndGet(TimeUnit.SECONDS.toNanos(2));
        assertFalse(tokens.knows(TOKEN), "taken back");
        assertTrue(tokens.knows("another-token-of-one"));
    }

    @Test
    void tokensAreNotShown() {
        Protection protection =
                new Protection(Protection.defaults().writeFrom(), List.of(TOKEN), Optional.empty(), false, List.of());
        assertFalse(protection.toString().contains(TOKEN));
    }

    private WriteGuard guard(List<String> tokens, boolean reads) {
        return new WriteGuard(
                new Protection(Protection.defaults().writeFrom(), tokens, Optional.empty(), reads, List.of()),
                counters);
    }

    private static int refusal(WriteGuard guard, String address, Map<String, String> headers) throws Exception {
        return status(guard.refusal(from(address, headers), true));
    }

    private static int status(Optional<Answer> refusal) {
        return refusal.map(Answer::status).orElse(200);
    }

    private static HttpRequest from(String address, Map<String, String> headers) throws Exception {
        HttpRequest request = HttpRequest.create("/rest/v2/server-settings")
                .addAttribute(
                        AttributeKeys.remoteAddress,
                        RemoteAddress.create(new InetSocketAddress(InetAddress.getByName(address), 4711)));
        for (Map.Entry<String, String> header : headers.entrySet()) {
            request = request.addHeader(RawHeader.create(header.getKey(), header.getValue()));
        }
        return request;
    }
}
