package io.headwater.webhook;

import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.LogLimit;
import io.headwater.net.Metric;
import io.headwater.stream.SharedNotes;
import io.headwater.stream.StreamDecision;
import io.headwater.stream.StreamEvent;
import io.headwater.stream.StreamEvents;
import io.headwater.topology.Epochs;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator's server what happens: at least once, the events of one stream in order, each with an id that a repeat
 * has again.
 *
 * <p>One node of the cluster sends; when it is gone the next one does, and finds what waits in the cluster's notes. An
 * event is a note before anything is sent, so none is lost with the node that saw it.
 */
public final class Webhooks implements StreamEvents, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
    private static final long LOOK_MS = 200;
    /** Streams whose events are on their way at once; as many again that were refused before. */
    private static final int MOST_AT_ONCE = 8;
    /** Broadcasts whose creators' words are remembered, as one may be deleted before its last event is sent. */
    private static final int MOST_REMEMBERED = 5_000;

    /** Less than events are remembered for, by what clocks may differ. */
    private static final long LONG_THERE_MS =
            HookQueue.REMEMBER_MS - Duration.ofMinutes(2).toMillis();

    private static final String NODE_DOWN = "nodeDown";

    private final WebhookSettings settings;
    private final Counters counters;
    private final Function<StreamKey, CompletionStage<Optional<About>>> broadcasts;
    private final BooleanSupplier sends;
    private final LongSupplier clockMs;
    private final HookQueue queue;
    private final Turns turns;
    private final LogLimit refusals = new LogLimit(10, Duration.ofMinutes(1));
    private final LogLimit losses = new LogLimit(10, Duration.ofMinutes(1));
    private final HttpClient client;
    private final ScheduledExecutorService thread;
    private final Map<String, About> remembered = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, About> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    /**
     * @param broadcasts what was said of a broadcast, if it was created
     * @param sends whether this node is the one that sends now
     */
    public Webhooks(
            WebhookSettings settings,
            SharedNotes notes,
            Counters counters,
            Function<StreamKey, CompletionStage<Optional<About>>> broadcasts,
            BooleanSupplier sends,
            LongSupplier clockMs) {
        this.settings = settings;
        this.counters = counters;
        this.broadcasts = broadcasts;
        this.sends = sends;
        this.clockMs = clockMs;
        this.queue = new HookQueue(notes, settings, counters, clockMs);
        this.turns = new Turns(MOST_AT_ONCE, settings.backoffMost().toMillis());
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "headwater-webhooks");
            made.setDaemon(true);
            return made;
        });
        this.client = HttpClient.newBuilder()
                .connectTimeout(settings.timeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        if (settings.isOn()) {
            thread.scheduleWithFixedDelay(this::look, LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void record(StreamKey key, StreamEvent event) {
        // what is sent are the cluster's decisions, not what one node saw of them
    }

    @Override
    public void decided(StreamKey key, StreamDecision decision) {
        if (decision.kind() == StreamDecision.Kind.STARTED && isLongThere(decision.epoch())) {
            return;
        }
        Hook hook = new Hook(
                decision.epoch(),
                decision.kind().rank(),
                clockMs.getAsLong(),
                action(decision.kind()),
                key.toString(),
                decision.from(),
                decision.to(),
                decision.kind() == StreamDecision.Kind.ENDED ? "" : decision.group());
        if (!settings.url().isEmpty()) {
            add(hook);
        } else if (settings.ofBroadcasts()) {
            about(hook).thenAcceptAsync(about -> addIfAsked(hook, about), thread);
        }
    }

    private void addIfAsked(Hook hook, About about) {
        if (!about.hookUrl().isEmpty()) {
            add(hook);
        }
    }

    /**
     * An entity that starts anew on another node finds its stream and takes it for one that begins. Within the time that
     * events are remembered the note says that it was told; after that the session's own age does.
     */
    private boolean isLongThere(long epoch) {
        return clockMs.getAsLong() - TimeUnit.SECONDS.toMillis(Epochs.beganS(epoch)) > LONG_THERE_MS;
    }

    /** @param sinceMs when the node began: another life of it is another event */
    public void nodeDown(String node, String group, long sinceMs) {
        if (!settings.url().isEmpty()) {
            add(new Hook(sinceMs, 0, clockMs.getAsLong(), NODE_DOWN, node, "", "", group));
        }
    }

    private void add(Hook hook) {
        if (!queue.add(hook)) {
            losses.log(
                    LOG::warn,
                    hook + " is dropped: " + settings.maxPending() + " events wait (headwater.webhooks.max-pending)");
        }
    }

    /** What is known of its broadcast, or was when it was there last. */
    private CompletionStage<About> about(Hook hook) {
        return StreamKey.parse(hook.subject())
                .map(broadcasts)
                .orElseGet(() -> CompletableFuture.completedFuture(Optional.of(About.NOTHING)))
                .handle((found, failed) -> remember(hook.subject(), found == null ? Optional.empty() : found));
    }

    private About remember(String subject, Optional<About> found) {
        synchronized (remembered) {
            if (found.isEmpty()) {
                return remembered.getOrDefault(subject, About.NOTHING);
            }
            if (!found.get().equals(About.NOTHING)) {
                remembered.put(subject, found.get());
            }
            return found.get();
        }
    }

    private static String action(StreamDecision.Kind kind) {
        return switch (kind) {
            case STARTED -> "liveStreamStarted";
            case ORIGIN_MOVED -> "originMoved";
            case SECONDARY_ELECTED -> "secondaryOriginElected";
            case ENDED -> "liveStreamEnded";
        };
    }

    // All below on the one thread.

    private void look() {
        if (!sends.getAsBoolean()) {
            return;
        }
        List<Hook> heads = new ArrayList<>();
        for (List<Hook> ofOne : queue.pending().values()) {
            Hook next = ofOne.get(0);
            if (turns.isOut(next.subject()) || !queue.isTooOld(next)) {
                heads.add(next);
            } else {
                giveUp(next, "was not taken within " + settings.giveUpAfter().toSeconds() + " s");
            }
        }
        for (Hook hook : turns.next(heads, clockMs.getAsLong())) {
            about(hook).thenAcceptAsync(about -> send(hook, about), thread);
        }
    }

    private void giveUp(Hook hook, String why) {
        counters.increment(Metric.WEBHOOK_GIVEN_UP);
        losses.log(LOG::warn, hook + " is given up: it " + why);
        queue.done(hook);
    }

    private void send(Hook hook, About about) {
        String url = settings.ofBroadcasts() && !about.hookUrl().isEmpty() ? about.hookUrl() : settings.url();
        String body = hook.json(about);
        HttpRequest.Builder request;
        try {
            request = HttpRequest.newBuilder(URI.create(url));
        } catch (IllegalArgumentException nowhere) {
            turns.taken(hook.subject());
            giveUp(hook, url.isEmpty() ? "has nobody to be told" : "cannot be sent to such an address");
            return;
        }
        counters.increment(Metric.WEBHOOK_ATTEMPTS);
        request.timeout(settings.timeout())
                .header("Content-Type", "application/json")
                .header("User-Agent", "Headwater")
                .header("X-Headwater-Event-Id", hook.eventId())
                .POST(BodyPublishers.ofString(body));
        if (!settings.secret().isEmpty()) {
            request.header("X-Headwater-Signature", Signature.of(settings.secret(), body));
        }
        client.sendAsync(request.build(), BodyHandlers.discarding())
                .whenCompleteAsync((answer, failed) -> answered(hook, answer, failed), thread);
    }

    private void answered(Hook hook, @Nullable HttpResponse<Void> answer, @Nullable Throwable failed) {
        if (answer != null && answer.statusCode() / 100 == 2) {
            counters.increment(Metric.WEBHOOK_DELIVERED);
            turns.taken(hook.subject());
            queue.done(hook);
            return;
        }
        counters.increment(Metric.WEBHOOK_FAILED);
        if (turns.refused(hook.subject(), clockMs.getAsLong())) {
            String why = answer != null ? "status " + answer.statusCode() : String.valueOf(failed);
            refusals.log(LOG::warn, hook + " was not taken (" + why + "), is tried again");
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
