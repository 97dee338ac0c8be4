package io.headwater.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWKSet;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Admission;
import io.headwater.stream.SharedNotes;
import java.net.URI;
import java.net.http.HttpClient;
import java.text.ParseException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Admits who brings what the application asks for; sessions end when that expires or is taken back.
 *
 * <p>Of the ways an application takes, one is enough; its webhook is asked as well. Nothing here asks another node.
 */
public final class Gate implements Admission, AutoCloseable {
    private static final long TICK_MS = 200;
    private static final int THREADS = 2;
    private static final int MOST_WAITING = 1000;
    private static final int MOST_DECISIONS = 10_000;
    private static final long HLS_DECISION_MS = 10_000;
    private static final String HLS = "hls";
    private static final Verdict BUSY = new Verdict.Bad("too many tokens are being checked, try again");

    private final AccessSettings settings;
    private final Counters counters;
    private final LongSupplier clock;
    private final OneTimeTokens tokens;
    private final StreamKeys keys;
    private final SharedNotes notes;
    private final SharedNotes lasting;
    private final Passes passes = new Passes();
    private final Webhook webhook;
    private final HttpClient client;
    private final ThreadPoolExecutor workers;
    private final ScheduledExecutorService timer;
    private final ConcurrentMap<String, PublicKeys> publicKeys = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Asked> asked = new ConcurrentHashMap<>();

    /** What a webhook said of somebody who asks again and again, as players of HLS do. */
    private record Asked(Webhook.Said said, long untilMs) {}

    private Gate(
            AccessSettings settings, SharedNotes notes, SharedNotes lasting, Counters counters, LongSupplier clock) {
        this.settings = settings;
        this.counters = counters;
        this.clock = clock;
        this.notes = notes;
        this.lasting = lasting;
        this.tokens = new OneTimeTokens(notes, clock);
        this.keys = new StreamKeys(lasting);
        this.workers = new ThreadPoolExecutor(
                THREADS, THREADS, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), Gate::thread);
        workers.allowCoreThreadTimeOut(true);
        this.client = HttpClient.newBuilder()
                .connectTimeout(settings.hookTimeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        this.webhook = new Webhook(client, settings, counters);
        this.timer = Executors.newSingleThreadScheduledExecutor(Gate::thread);
        notes.watch(name -> ended(passes.changed(name)));
        lasting.watch(name -> ended(passes.changed(name)));
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "access");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * @param notes for tokens and what was taken back
     * @param lasting for stream keys, which should survive a restart of all nodes
     */
    public static Gate open(AccessSettings settings, SharedNotes notes, SharedNotes lasting, Counters counters) {
        Gate gate = new Gate(settings, notes, lasting, counters, System::currentTimeMillis);
        gate.timer.scheduleWithFixedDelay(gate::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
        return gate;
    }

    /** One whose time is {@code clock}'s and moves with {@link #tick}. */
    static Gate atHand(AccessSettings settings, SharedNotes notes, Counters counters, LongSupplier clock) {
        return new Gate(settings, notes, notes, counters, clock);
    }

    public OneTimeTokens tokens() {
        return tokens;
    }

    public StreamKeys streamKeys() {
        return keys;
    }

    /** A signed token for the stream; nothing if its application has no secret to sign with. */
    public Optional<String> sign(StreamKey key, Action action, long untilMs) {
        String secret = settings.of(key.app()).jwtSecret();
        try {
            return secret.isEmpty()
                    ? Optional.empty()
                    : Optional.of(StreamJwt.sign(key, action, untilMs, clock.getAsLong(), secret));
        } catch (JOSEException refused) {
            throw new IllegalStateException("a secret that was checked cannot sign", refused);
        }
    }

    /** Takes any token back, everywhere; sessions that use it end. False if it is none, or has expired. */
    public CompletionStage<Boolean> revoke(StreamKey key, String token) {
        if (!StreamJwt.looksLike(token)) {
            return tokens.revoke(key, token);
        }
        long untilMs = StreamJwt.untilMs(token);
        return untilMs <= clock.getAsLong()
                ? CompletableFuture.completedFuture(false)
                : notes.put(StreamJwt.revocation(token), "revoked", untilMs);
    }

    @Override
    public CompletionStage<Decision> ask(Request request) {
        AppAccess app = settings.of(request.key().app());
        boolean publish = request.action() == Action.PUBLISH;
        Set<AppAccess.Way> ways = publish ? app.publish() : app.play();
        Optional<URI> hook = publish ? app.publishHook() : app.playHook();
        if (ways.isEmpty() && hook.isEmpty()) {
            return Admission.OPEN.ask(request);
        }
        CompletionStage<Verdict> checked = ways.isEmpty()
                ? verdict(new Verdict.Good(request.key(), Verdict.NEVER, Map.of()))
                : check(request, app, ways);
        return checked.thenCompose(verdict -> verdict instanceof Verdict.Good good && hook.isPresent()
                        ? asked(hook.get(), good, request, app)
                        : verdict(verdict))
                .thenApply(verdict -> decided(request, verdict));
    }

    @Override
    public boolean isOpen(Action action, String name) {
        AppAccess app = settings.of(name);
        return action == Action.PUBLISH
                ? app.publish().isEmpty() && app.publishHook().isEmpty()
                : app.play().isEmpty() && app.playHook().isEmpty();
    }

    private CompletionStage<Verdict> check(Request request, AppAccess app, Set<AppAccess.Way> ways) {
        String token = request.credentials().getOrDefault("token", "");
        String hash = request.credentials().getOrDefault("hash", token);
        if (ways.contains(AppAccess.Way.JWT) && StreamJwt.looksLike(token)) {
            return jwt(token, request, app);
        }
        if (ways.contains(AppAccess.Way.HASH) && SignedAddress.looksLike(hash)) {
            return verdict(SignedAddress.check(
                    hash, request.key(), request.action(), request.credentials(), app.hashSecret(), clock.getAsLong()));
        }
        if (ways.contains(AppAccess.Way.TOKEN) && !token.isEmpty()) {
            boolean lasting = !request.peer().protocol().equals(HLS);
            return verdict(tokens.use(token, request.key(), request.action(), lasting, host(request)));
        }
        if (ways.contains(AppAccess.Way.KEY)) {
            return verdict(keys.check(
                    request.key(), Optional.ofNullable(request.credentials().get("key"))));
        }
        return verdict(new Verdict.Bad(token.isEmpty() ? "a token is needed" : "Invalid Token"));
    }

    private CompletionStage<Verdict> jwt(String text, Request request, AppAccess app) {
        StreamJwt jwt;
        try {
            jwt = StreamJwt.parse(text);
        } catch (ParseException strange) {
            return verdict(StreamJwt.bad("it cannot be read"));
        }
        if (notes.get(StreamJwt.revocation(text)).isPresent()) {
            return verdict(StreamJwt.bad("it was taken back"));
        }
        if (!jwt.isAsymmetric()) {
            return verdict(
                    jwt.isSignedBy(app.jwtSecret())
                            ? jwt.claims(request.key(), request.action(), clock.getAsLong())
                            : StreamJwt.bad("its signature is not right"));
        }
        if (app.jwks().isEmpty()) {
            return verdict(StreamJwt.bad("its signature is not right"));
        }
        PublicKeys source = publicKeys.computeIfAbsent(
                app.jwks(), from -> new PublicKeys(from, client, settings, workers, counters, System::nanoTime));
        return source.forToken(jwt).thenCompose(found -> onWorker(jwt, found, request));
    }

    /** Public-key arithmetic is too slow for an event loop. */
    private CompletionStage<Verdict> onWorker(StreamJwt jwt, JWKSet found, Request request) {
        try {
            return CompletableFuture.supplyAsync(
                    () -> jwt.isSignedByOneOf(found)
                            ? jwt.claims(request.key(), request.action(), clock.getAsLong())
                            : StreamJwt.bad("its signature is not right"),
                    workers);
        } catch (RejectedExecutionException busy) {
            return verdict(BUSY);
        }
    }

    private CompletionStage<Verdict> asked(URI hook, Verdict.Good good, Request request, AppAccess app) {
        if (!request.peer().protocol().equals(HLS)) {
            return webhook.ask(hook, good.key(), request, app).thenApply(said -> heard(said, good, app));
        }
        String who = request.action() + " " + good.key() + " " + host(request) + " "
                + Secrets.sha256(request.credentials().toString());
        Asked before = asked.get(who);
        if (before != null && clock.getAsLong() < before.untilMs) {
            return verdict(heard(before.said, good, app));
        }
        return webhook.ask(hook, good.key(), request, app).thenApply(said -> {
            if (asked.size() < MOST_DECISIONS) {
                asked.put(who, new Asked(said, clock.getAsLong() + HLS_DECISION_MS));
            }
            return heard(said, good, app);
        });
    }

    private Verdict heard(Webhook.Said said, Verdict.Good good, AppAccess app) {
        if (said == Webhook.Said.YES || (said == Webhook.Said.NOTHING && app.hookFailsOpen())) {
            return good;
        }
        return new Verdict.Bad(
                said == Webhook.Said.NO
                        ? "the application's server does not allow it"
                        : "the application's server cannot be asked");
    }

    private Decision decided(Request request, Verdict verdict) {
        boolean publish = request.action() == Action.PUBLISH;
        if (verdict instanceof Verdict.Good good) {
            counters.increment(publish ? Metric.ACCESS_PUBLISH_ALLOWED : Metric.ACCESS_PLAY_ALLOWED);
            Pass pass = passes.hold(good.untilMs(), good.notes().keySet(), note -> stands(good, note));
            // a note may have been written since it was looked at
            good.notes().keySet().forEach(passes::changed);
            return new Decision.Allowed(good.key(), pass);
        }
        counters.increment(publish ? Metric.ACCESS_PUBLISH_REFUSED : Metric.ACCESS_PLAY_REFUSED);
        return new Decision.Refused(((Verdict.Bad) verdict).reason());
    }

    private boolean stands(Verdict.Good good, String note) {
        return notes.get(note).or(() -> lasting.get(note)).equals(good.notes().get(note));
    }

    void tick() {
        long now = clock.getAsLong();
        int expired = passes.expire(now);
        counters.add(Metric.ACCESS_SESSIONS_EXPIRED, expired);
        asked.values().removeIf(one -> one.untilMs < now);
    }

    private void ended(int sessions) {
        counters.add(Metric.ACCESS_SESSIONS_REVOKED, sessions);
    }

    private static String host(Request request) {
        return request.peer().address().replaceFirst(":[0-9]+$", "");
    }

    private static CompletionStage<Verdict> verdict(Verdict verdict) {
        return CompletableFuture.completedFuture(verdict);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        workers.shutdownNow();
    }
}
