package io.headwater.webhook;

import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
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
    private static final long FIRST_BACKOFF_MS = 500;
    /** Streams whose events are on their way at once. */
    private static final int MOST_AT_ONCE = 8;

    /** Less than events are remembered for, by what clocks may differ. */
    private static final long LONG_THERE_MS =
            HookQueue.REMEMBER_MS - Duration.ofMinutes(2).toMillis();

    private static final String NODE_DOWN = "nodeDown";

    private final WebhookSettings settings;
    private final Counters counters;
    private final BooleanSupplier sends;
    private final LongSupplier clockMs;
    private final HookQueue queue;
    private final HttpClient client;
    private final ScheduledExecutorService thread;
    private final Set<String> onTheirWay = new HashSet<>();
    private long backoffMs;
    private long notBeforeMs;

    /** @param sends whether this node is the one that sends now */
    public Webhooks(
            WebhookSettings settings,
            SharedNotes notes,
            Counters counters,
            BooleanSupplier sends,
            LongSupplier clockMs) {
        this.settings = settings;
        this.counters = counters;
        this.sends = sends;
        this.clockMs = clockMs;
        this.queue = new HookQueue(notes, settings, counters, clockMs);
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
        add(new Hook(
                decision.epoch(),
                decision.kind().rank(),
                clockMs.getAsLong(),
                action(decision.kind()),
                key.toString(),
                decision.from(),
                decision.to(),
                decision.kind() == StreamDecision.Kind.ENDED ? "" : decision.group()));
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
        add(new Hook(sinceMs, 0, clockMs.getAsLong(), NODE_DOWN, node, "", "", group));
    }

    private void add(Hook hook) {
        if (settings.isOn() && !queue.add(hook)) {
            LOG.warn(
                    "webhook {} of {} is dropped: {} events wait (headwater.webhooks.max-pending)",
                    hook.action(),
                    hook.subject(),
                    settings.maxPending());
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
        if (clockMs.getAsLong() < notBeforeMs || !sends.getAsBoolean()) {
            return;
        }
        for (List<Hook> ofOne : queue.pending().values()) {
            Hook next = ofOne.get(0);
            if (queue.isTooOld(next)) {
                counters.increment(Metric.WEBHOOK_GIVEN_UP);
                queue.done(next);
            } else if (onTheirWay.size() < MOST_AT_ONCE && onTheirWay.add(next.subject())) {
                send(next);
            }
        }
    }

    private void send(Hook hook) {
        counters.increment(Metric.WEBHOOK_ATTEMPTS);
        String body = hook.json();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(settings.url()))
                .timeout(settings.timeout())
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
        onTheirWay.remove(hook.subject());
        if (answer != null && answer.statusCode() / 100 == 2) {
            counters.increment(Metric.WEBHOOK_DELIVERED);
            queue.done(hook);
            backoffMs = 0;
            notBeforeMs = 0;
            return;
        }
        counters.increment(Metric.WEBHOOK_FAILED);
        if (backoffMs == 0) {
            LOG.warn(
                    "webhook {} of {} was not taken ({}), is tried again",
                    hook.action(),
                    hook.subject(),
                    answer != null ? "status " + answer.statusCode() : String.valueOf(failed));
        }
        backoffMs = Math.min(settings.backoffMost().toMillis(), backoffMs == 0 ? FIRST_BACKOFF_MS : backoffMs * 2);
        notBeforeMs = clockMs.getAsLong() + backoffMs;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
