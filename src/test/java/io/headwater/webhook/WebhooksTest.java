package io.headwater.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.SharedNotes;
import io.headwater.stream.StreamDecision;
import io.headwater.stream.StreamDecision.Kind;
import io.headwater.topology.Epochs;
import io.headwater.topology.NodeId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class WebhooksTest {
    private static final StreamKey STREAM = new StreamKey("live", "one");
    private static final StreamKey OTHER = new StreamKey("live", "two");
    private static final long BEGAN_MS = System.currentTimeMillis();

    private final Notes notes = new Notes();
    private final Counters counters = new Counters();
    private final Map<StreamKey, About> broadcasts = new ConcurrentHashMap<>();
    private Receiver receiver;

    @BeforeEach
    void receive() throws IOException {
        receiver = new Receiver("a-secret-of-the-test");
    }

    @AfterEach
    void stop() {
        receiver.close();
    }

    private WebhookSettings settings(int maxPending, Duration giveUpAfter) {
        return settings(receiver.url(), true, maxPending, giveUpAfter, Duration.ofMillis(500));
    }

    private WebhookSettings settings(
            String url, boolean ofBroadcasts, int maxPending, Duration giveUpAfter, Duration backoffMost) {
        return new WebhookSettings(
                url, ofBroadcasts, receiver.secret(), Duration.ofSeconds(5), backoffMost, giveUpAfter, maxPending);
    }

    private Webhooks node(BooleanSupplier sends) {
        return node(settings(100, Duration.ofHours(1)), sends);
    }

    private Webhooks node(WebhookSettings settings, BooleanSupplier sends) {
        return new Webhooks(
                settings,
                notes,
                counters,
                key -> CompletableFuture.completedFuture(Optional.ofNullable(broadcasts.get(key))),
                sends,
                System::currentTimeMillis);
    }

    /** @param session counts the sessions of the test, which have just begun */
    private static StreamDecision decision(Kind kind, String to, long session) {
        return new StreamDecision(kind, "", to, "region1", epoch(BEGAN_MS) + session);
    }

    private static long epoch(long beganMs) {
        return Epochs.next(0, beganMs / 1000, new NodeId("origin1")) & ~0xFFFL;
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void theBodyHasTheKeysThatScriptsKnow() {
        try (Webhooks hooks = node(() -> true)) {
            hooks.decided(STREAM, decision(Kind.STARTED, "origin1", 7));
            await(() -> receiver.taken().size() == 1);
            JsonNode event = receiver.taken().get(0);
            assertEquals("one", event.path("id").asText());
            assertEquals("liveStreamStarted", event.path("action").asText());
            assertEquals("one", event.path("streamName").asText());
            assertEquals("live", event.path("app").asText());
            assertTrue(event.path("timestamp").isTextual());
            assertEquals(List.of(), receiver.complaints());
        }
    }

    @Test
    void whileTheReceiverIsOutOfOrderNothingIsLostAndTheOrderOfAStreamIsKept() {
        receiver.broken(true);
        try (Webhooks hooks = node(() -> true)) {
            hooks.decided(STREAM, decision(Kind.STARTED, "origin1", 1));
            hooks.decided(STREAM, decision(Kind.SECONDARY_ELECTED, "edge21", 1));
            hooks.decided(OTHER, decision(Kind.STARTED, "origin1", 1));
            await(() -> receiver.refused() >= 3);
            hooks.decided(STREAM, decision(Kind.ORIGIN_MOVED, "edge11", 2));
            hooks.decided(STREAM, decision(Kind.ENDED, "", 2));
            receiver.broken(false);
            await(() -> receiver.taken().size() == 5);
            assertEquals(
                    List.of("liveStreamStarted", "secondaryOriginElected", "originMoved", "liveStreamEnded"),
                    receiver.actions("one"));
            assertEquals(List.of("liveStreamStarted"), receiver.actions("two"));
            await(() -> counters.get(Metric.WEBHOOK_DELIVERED) == 5);
        }
        assertTrue(counters.get(Metric.WEBHOOK_FAILED) >= 3);
    }

    /** More of them than are sent at once, and all of them began before. */
    @Test
    void aStreamWhoseEventsAreRefusedDelaysNobodyElse() {
        WebhookSettings patient = settings(receiver.url(), true, 100, Duration.ofHours(1), Duration.ofMinutes(10));
        try (Webhooks hooks = node(patient, () -> true)) {
            for (int i = 0; i < 20; i++) {
                receiver.refuses("refused" + i, true);
                hooks.decided(new StreamKey("live", "refused" + i), decision(Kind.STARTED, "origin1", 1));
            }
            await(() -> receiver.refused() >= 40);
            hooks.decided(STREAM, decision(Kind.STARTED, "origin1", 50));
            long sinceMs = System.currentTimeMillis();
            await(() -> receiver.actions("one").size() == 1);
            // the refused ones pause for a second by then
            assertTrue(System.currentTimeMillis() - sinceMs < 10_000);
            receiver.refuses("refused3", false);
            await(() -> receiver.actions("refused3").size() == 1);
        }
    }

    @Test
    void whoIsRefusedPausesLongerEachTimeAlthoughOthersAreTaken() {
        Turns turns = new Turns(1, 1_500);
        Hook bad = new Hook(1, 0, 0, "a", "live/bad", "", "", "");
        Hook good = new Hook(1, 0, 1, "a", "live/good", "", "", "");
        assertEquals(List.of(bad), turns.next(List.of(bad, good), 0));
        assertEquals(List.of(), turns.next(List.of(bad, good), 0), "one at once");
        assertTrue(turns.refused("live/bad", 0));
        assertEquals(List.of(good), turns.next(List.of(bad, good), 499));
        assertEquals(List.of(bad), turns.next(List.of(bad, good), 500), "has a place of its own");
        turns.taken("live/good");
        assertFalse(turns.refused("live/bad", 500));
        assertEquals(List.of(), turns.next(List.of(bad), 1_499));
        assertEquals(List.of(bad), turns.next(List.of(bad), 1_500));
        turns.refused("live/bad", 1_500);
        assertEquals(List.of(), turns.next(List.of(bad), 2_999));
        assertEquals(List.of(bad), turns.next(List.of(bad), 3_000));
        turns.refused("live/bad", 3_000);
        assertEquals(List.of(), turns.next(List.of(), 3_000));
        assertEquals(
                List.of(bad), turns.next(List.of(bad), 3_001), "a later event of it does not wait for the old ones");
    }

    @Test
    void ofManyThatAreRefusedNobodyIsForgotten() {
        Turns turns = new Turns(8, 500);
        List<Hook> all = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            all.add(new Hook(i, 0, i, "a", "live/" + i, "", "", ""));
        }
        Map<String, Integer> tried = new TreeMap<>();
        for (long nowMs = 0; nowMs < 20_000; nowMs += 200) {
            for (Hook next : turns.next(all, nowMs)) {
                tried.merge(next.subject(), 1, Integer::sum);
                turns.refused(next.subject(), nowMs);
            }
        }
        assertEquals(30, tried.size());
        int least = Collections.min(tried.values());
        assertTrue(least * 2 > Collections.max(tried.values()), tried.toString());
    }

    @Test
    void anEventSaysWhatTheCreatorOfTheBroadcastSaid() {
        broadcasts.put(STREAM, new About("The race", "sports", "room1", "{\"k\":\"v\"}", ""));
        broadcasts.put(OTHER, new About("", "", "", "just a text", ""));
        try (Webhooks hooks = node(() -> true)) {
            hooks.decided(STREAM, decision(Kind.STARTED, "origin1", 1));
            hooks.decided(OTHER, decision(Kind.STARTED, "origin1", 1));
            await(() -> receiver.taken().size() == 2);
        }
        JsonNode one = receiver.of("one").get(0);
        assertEquals("The race", one.path("streamName").asText());
        assertEquals("sports", one.path("category").asText());
        assertEquals("room1", one.path("mainTrackId").asText());
        assertEquals("room1", one.path("roomId").asText());
        assertEquals("v", one.path("metadata").path("k").asText());
        JsonNode two = receiver.of("two").get(0);
        assertEquals("two", two.path("streamName").asText());
        assertEquals("just a text", two.path("metadata").asText());
        assertFalse(two.has("category") || two.has("mainTrackId") || two.has("roomId"));
    }

    /** It is deleted while it is live, which ends it. */
    @Test
    void theEventsOfABroadcastWithAnAddressOfItsOwnGoThere() throws IOException {
        try (Receiver own = new Receiver(receiver.secret());
                Webhooks hooks = node(() -> true)) {
            broadcasts.put(STREAM, new About("", "", "", "", own.url()));
            own.broken(true);
            hooks.decided(STREAM, decision(Kind.STARTED, "origin1", 1));
            hooks.decided(OTHER, decision(Kind.STARTED, "origin1", 1));
            await(() -> own.refused() >= 2);
            own.broken(false);
            await(() -> own.taken().size() == 1);
            broadcasts.remove(STREAM);
            hooks.decided(STREAM, decision(Kind.ENDED, "", 1));
            await(() -> own.taken().size() == 2);
            assertEquals(List.of("liveStreamStarted", "liveStreamEnded"), own.actions("one"));
            assertEquals(List.of(), own.complaints());
            assertEquals(List.of("liveStreamStarted"), receiver.actions("two"));
            assertEquals(1, receiver.taken().size());
        }
    }

    @Test
    void withoutAnAddressForAllOnlyBroadcastsWithTheirOwnAreTold() {
        broadcasts.put(STREAM, new About("", "", "", "", receiver.url()));
        try (Webhooks hooks = node(settings("", true, 100, Duration.ofHours(1), Duration.ofMillis(500)), () -> true)) {
            hooks.nodeDown("edge1", "region1", 5);
            hooks.decided(OTHER, decision(Kind.STARTED, "origin1", 1));
            hooks.decided(STREAM, decision(Kind.STARTED, "origin1", 1));
            await(() -> counters.get(Metric.WEBHOOK_DELIVERED) == 1);
            assertEquals(List.of("liveStreamStarted"), receiver.actions("one"));
            assertEquals(1, counters.get(Metric.WEBHOOK_EVENTS));
        }
    }

    @Test
    void anOperatorCanForbidAddressesOfBroadcastsAndWhatCannotBeAnAddressIsGivenUp() throws IOException {
        try (Receiver own = new Receiver(receiver.secret());
                Webhooks hooks = node(
                        settings(receiver.url(), false, 100, Duration.ofHours(1), Duration.ofMillis(500)),
                        () -> true)) {
            broadcasts.put(STREAM, new About("", "", "", "", own.url()));
            hooks.decided(STREAM, decision(Kind.STARTED, "origin1", 1));
            await(() -> receiver.actions("one").size() == 1);
            assertEquals(List.of(), own.taken());
        }
        try (Webhooks hooks = node(() -> true)) {
            broadcasts.put(STREAM, new About("", "", "", "", "http://["));
            hooks.decided(STREAM, decision(Kind.ENDED, "", 1));
            await(() -> counters.get(Metric.WEBHOOK_GIVEN_UP) == 1);
            hooks.decided(OTHER, decision(Kind.STARTED, "origin1", 1));
            await(() -> receiver.actions("two").size() == 1);
        }
    }

    @Test
    @SuppressWarnings("try") // a node that dies closes before the test does
    void whatANodeCouldNotSendBeforeItDiedAnotherSends() {
        receiver.broken(true);
        AtomicBoolean firstLives = new AtomicBoolean(true);
        try (Webhooks first = node(firstLives::get);
                Webhooks second = node(() -> !firstLives.get())) {
            first.decided(STREAM, decision(Kind.STARTED, "origin1", 1));
            await(() -> receiver.refused() > 0);
            first.close();
            firstLives.set(false);
            second.decided(STREAM, decision(Kind.ENDED, "", 1));
            receiver.broken(false);
            await(() -> receiver.taken().size() == 2);
            assertEquals(List.of("liveStreamStarted", "liveStreamEnded"), receiver.actions("one"));
        }
    }

    @Test
    void whatTwoNodesTellIsOneEvent() {
        try (Webhooks first = node(() -> true);
                Webhooks second = node(() -> false)) {
            first.decided(STREAM, decision(Kind.ENDED, "", 1));
            second.decided(STREAM, decision(Kind.ENDED, "", 1));
            first.nodeDown("edge1", "region1", 5);
            second.nodeDown("edge1", "region1", 5);
            first.nodeDown("edge1", "region1", 6);
            await(() -> receiver.taken().size() == 3);
            second.decided(STREAM, decision(Kind.ENDED, "", 1));
            first.decided(OTHER, decision(Kind.ENDED, "", 1));
            await(() -> receiver.taken().size() == 4);
            assertEquals(List.of("liveStreamEnded"), receiver.actions("one"));
            assertEquals(List.of("nodeDown", "nodeDown"), receiver.actions("edge1"));
        }
    }

    /** Its entity moved to another node, or died with one, and found it there. */
    @Test
    void aStreamThatIsFoundAnewLongAfterItBeganDoesNotBeginAgain() {
        long hourAgo = System.currentTimeMillis() - Duration.ofHours(1).toMillis();
        try (Webhooks hooks = node(() -> true)) {
            hooks.decided(STREAM, new StreamDecision(Kind.STARTED, "", "origin1", "region1", epoch(hourAgo)));
            hooks.decided(STREAM, new StreamDecision(Kind.ORIGIN_MOVED, "", "edge11", "region1", epoch(hourAgo)));
            await(() -> receiver.taken().size() == 1);
            assertEquals(List.of("originMoved"), receiver.actions("one"));
            assertEquals(1, counters.get(Metric.WEBHOOK_EVENTS));
        }
    }

    @Test
    void whatIsTooMuchIsDroppedAndWhatIsTooOldIsGivenUpAndBothAreCounted() {
        long[] now = {1_000_000};
        HookQueue queue = new HookQueue(notes, settings(2, Duration.ofSeconds(10)), counters, () -> now[0]);
        Hook old = new Hook(1, 0, now[0], "a", "live/one", "", "", "");
        assertTrue(queue.add(old));
        assertTrue(queue.add(new Hook(2, 0, now[0], "a", "live/one", "", "", "")));
        assertFalse(queue.add(new Hook(3, 0, now[0], "a", "live/one", "", "", "")));
        assertEquals(1, counters.get(Metric.WEBHOOK_DROPPED));
        assertFalse(queue.isTooOld(old));
        now[0] += 11_000;
        assertTrue(queue.isTooOld(old));
    }

    @Test
    void anEventIsReadAsItWasWrittenAndAnotherVersionsIsLeftAlone() {
        Hook hook = new Hook(9, 2, 123, "originMoved", "live/one", "", "edge1", "region1");
        assertEquals(Optional.of(hook), Hook.ofLine(hook.toLine()));
        assertEquals(Optional.of(hook), Hook.ofLine(hook.toLine() + " more"));
        assertEquals(Optional.empty(), Hook.ofLine("sent"));
        assertEquals(Optional.empty(), Hook.ofLine("x y z a b c d e"));
        assertNotEquals(
                hook.eventId(), new Hook(10, 2, 123, "originMoved", "live/one", "", "edge1", "region1").eventId());
    }

    /** The notes of a cluster that is whole. */
    private static final class Notes implements SharedNotes {
        private final Map<String, String> all = new ConcurrentHashMap<>();

        @Override
        public Optional<String> get(String name) {
            return Optional.ofNullable(all.get(name));
        }

        @Override
        public Map<String, String> startingWith(String prefix) {
            Map<String, String> found = new TreeMap<>(all);
            found.keySet().removeIf(name -> !name.startsWith(prefix));
            return found;
        }

        @Override
        public CompletionStage<Boolean> put(String name, String text, long untilMs) {
            all.put(name, text);
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public void watch(Consumer<String> changed) {}
    }
}
