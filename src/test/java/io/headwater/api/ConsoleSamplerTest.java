package io.headwater.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.media.StreamKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ConsoleSamplerTest {
    private static final StreamKey ONE = new StreamKey("live", "one");
    private static final StreamKey TWO = new StreamKey("live", "two");

    private final List<CompletableFuture<ConsoleState>> asked = new ArrayList<>();
    private final List<Set<StreamKey>> askedFor = new ArrayList<>();
    private final List<Runnable> timers = new ArrayList<>();
    private final List<Duration> pauses = new ArrayList<>();
    private final ConsoleSampler sampler = new ConsoleSampler(
            (number, streams) -> {
                CompletableFuture<ConsoleState> answer = new CompletableFuture<>();
                asked.add(answer);
                askedFor.add(streams);
                return answer;
            },
            (pause, what) -> {
                pauses.add(pause);
                timers.add(what);
            });

    private static ConsoleState state(long number) {
        return new ConsoleState(number, Optional.empty(), Map.of("n" + number, Map.of()), Map.of(), 0, Map.of());
    }

    @Test
    void nobodyIsAskedWhileNobodyLooks() {
        assertEquals(0, asked.size());
        sampler.enter(null);
        asked.get(0).complete(state(1));
        sampler.leave(null);
        timers.forEach(Runnable::run);
        assertEquals(1, asked.size());
    }

    @Test
    void allConsolesShareOneSample() {
        for (int i = 0; i < 10; i++) {
            sampler.enter(i % 2 == 0 ? ONE : TWO);
        }
        assertEquals(1, asked.size());
        List<CompletableFuture<ConsoleState>> told = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            told.add(sampler.after(0).toCompletableFuture());
        }
        asked.get(0).complete(state(1));
        told.forEach(one -> assertEquals(1, one.join().number()));
        // those that came while the first was on its way chose streams it was not asked for
        assertEquals(Set.of(ONE), askedFor.get(0));
        assertEquals(Set.of(ONE, TWO), askedFor.get(1));
        asked.get(1).complete(state(2));
        assertEquals(List.of(Duration.ofSeconds(1)), pauses);
        timers.get(0).run();
        assertEquals(3, asked.size());
    }

    @Test
    void aStreamThatNobodyLooksAtAnyMoreIsNotAskedFor() {
        sampler.enter(ONE);
        asked.get(0).complete(state(1));
        sampler.enter(null);
        sampler.leave(ONE);
        asked.get(1).complete(state(2));
        timers.get(timers.size() - 1).run();
        assertEquals(Set.of(), askedFor.get(2));
    }

    @Test
    void aSampleThatFailsKeepsWhatWasKnownAndSaysWhy() {
        sampler.enter(null);
        asked.get(0).complete(state(1));
        timers.get(0).run();
        var next = sampler.after(1).toCompletableFuture();
        asked.get(1).completeExceptionally(new IllegalStateException("no answer"));
        assertTrue(next.join().trouble().orElseThrow().contains("no answer"));
        assertEquals(Set.of("n1"), next.join().nodes().keySet());
        timers.get(1).run();
        assertEquals(3, asked.size(), "it goes on");
    }

    /** What was noted as on its way stayed so, and no console was told anything again. */
    @Test
    void anEyeThatThrowsIsOneSampleThatFailed() {
        boolean[] broken = {true};
        ConsoleSampler throwing = new ConsoleSampler(
                (number, streams) -> {
                    if (broken[0]) {
                        throw new IllegalStateException("a bug");
                    }
                    return CompletableFuture.completedFuture(state(number));
                },
                (pause, what) -> timers.add(what));
        var first = throwing.after(0).toCompletableFuture();
        throwing.enter(null);
        assertTrue(first.join().trouble().orElseThrow().contains("a bug"));
        broken[0] = false;
        var second = throwing.after(1).toCompletableFuture();
        timers.get(0).run();
        assertEquals(Set.of("n2"), second.join().nodes().keySet());
    }

    @Test
    void whoComesBackLaterDoesNotSeeWhatWasKnownThen() {
        sampler.enter(null);
        asked.get(0).complete(state(1));
        sampler.leave(null);
        sampler.enter(null);
        assertFalse(sampler.after(0).toCompletableFuture().isDone());
    }
}
