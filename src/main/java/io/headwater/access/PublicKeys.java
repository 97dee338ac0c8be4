package io.headwater.access;

import com.nimbusds.jose.jwk.JWKSet;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of a JWKS file or URL. Fetched when they are needed and old, or a token names an unknown one, but never
 * more often than every few seconds; while that fails the old ones count for {@link #STALE} times their age and no longer.
 */
final class PublicKeys {
    private static final Logger LOG = LoggerFactory.getLogger(PublicKeys.class);
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int LONGEST = 256 << 10;
    private static final int STALE = 12;

    private final String source;
    private final HttpClient client;
    private final Duration refresh;
    private final Duration timeout;
    private final Executor executor;
    private final Counters counters;
    private final LongSupplier nanoClock;
    private JWKSet keys = new JWKSet();
    private long fetchedAt;
    private long triedAt;
    private boolean fetched;
    private boolean tried;
    private @Nullable CompletableFuture<JWKSet> fetching;

    PublicKeys(
            String source,
            HttpClient client,
            AccessSettings settings,
            Executor executor,
            Counters counters,
            LongSupplier nanoClock) {
        this.source = source;
        this.client = client;
        this.refresh = settings.keysRefresh();
        this.timeout = settings.keysTimeout();
        this.executor = executor;
        this.counters = counters;
        this.nanoClock = nanoClock;
    }

    /** The keys to check a token with; waits if they have to be fetched first. Never fails. */
    CompletionStage<JWKSet> forToken(StreamJwt jwt) {
        CompletableFuture<JWKSet> started;
        synchronized (this) {
            long now = nanoClock.getAsLong();
            boolean old = !fetched || now - fetchedAt >= refresh.toNanos();
            if (fetched && now - fetchedAt >= refresh.toNanos() * STALE) {
                keys = new JWKSet();
            }
            boolean needed = old || !jwt.hasKeyIn(keys);
            boolean may = !tried || now - triedAt >= AGAIN_NANOS;
            if (fetching == null && needed && may) {
                tried = true;
                triedAt = now;
                fetching = new CompletableFuture<>();
                start(fetching);
            }
            if (fetching == null || jwt.hasKeyIn(keys)) {
                return CompletableFuture.completedFuture(keys);
            }
            started = fetching;
        }
        return started;
    }

    private void start(CompletableFuture<JWKSet> result) {
        try {
            executor.execute(() -> done(result, fetch()));
        } catch (RejectedExecutionException busy) {
            fetching = null;
            result.complete(keys);
        }
    }

    private void done(CompletableFuture<JWKSet> result, @Nullable JWKSet found) {
        JWKSet now;
        synchronized (this) {
            if (found != null) {
                keys = found;
                fetched = true;
                fetchedAt = nanoClock.getAsLong();
            }
            fetching = null;
            now = keys;
        }
        result.complete(now);
    }

    private @Nullable JWKSet fetch() {
        counters.increment(Metric.ACCESS_KEYS_FETCHED);
        try {
            String text = source.matches("https?://.*") ? fromUrl() : fromFile();
            return JWKSet.parse(text).toPublicJWKSet();
        } catch (IOException | ParseException | IllegalArgumentException failed) {
            counters.increment(Metric.ACCESS_KEYS_FAILED);
            LOG.warn("public keys of {} cannot be had: {}", source.replaceAll("\\?.*", ""), failed.toString());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        return null;
    }

    private String fromFile() throws IOException {
        Path file = Path.of(source);
        if (Files.size(file) > LONGEST) {
            throw new IOException("longer than " + LONGEST + " bytes");
        }
        return Files.readString(file);
    }

    private String fromUrl() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(source))
                .timeout(timeout)
                .header("Accept", "application/json")
                .build();
        HttpResponse<InputStream> answer = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            if (answer.statusCode() != 200) {
                throw new IOException("status " + answer.statusCode());
            }
            byte[] bytes = body.readNBytes(LONGEST + 1);
            if (bytes.length > LONGEST) {
                throw new IOException("longer than " + LONGEST + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
