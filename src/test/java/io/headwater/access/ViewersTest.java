package io.headwater.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Admission;
import io.headwater.stream.Admission.Action;
import io.headwater.stream.Admission.Decision;
import io.headwater.stream.Sessions.Session;
import io.headwater.stream.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ViewersTest {
    private static final StreamKey ONE = new StreamKey("live", "one");
    private static final StreamKey OTHER = new StreamKey("live", "other");

    private final AtomicLong now = new AtomicLong(1_000);
    private final Counters counters = new Counters();
    private final Passes passes = new Passes();
    private final Viewers viewers = new Viewers(new UntilTwoThousand(), counters, now::get);
    private final List<String> told = new ArrayList<>();

    /** Allows everybody until the clock shows 2000, but not the stream "no". */
    private final class UntilTwoThousand implements Admission {
        @Override
        public CompletionStage<Decision> ask(Request request) {
            return CompletableFuture.completedFuture(
                    request.key().streamId().equals("no")
                            ? new Decision.Refused("no")
                            : new Decision.Allowed(request.key(), passes.hold(2_000, Set.of(), note -> true)));
        }
    }

    private Decision ask(StreamKey key, String protocol, Map<String, String> credentials) {
        Streams.PeerInfo peer = new Streams.PeerInfo(protocol, "10.0.0.1:" + now.get());
        return viewers.ask(new Admission.Request(Action.PLAY, key, peer, credentials))
                .toCompletableFuture()
                .join();
    }

    private Admission.Pass play(StreamKey key, String name) {
        Admission.Pass pass = assertInstanceOf(Decision.Allowed.class, ask(key, "rtmp", Map.of()))
                .pass();
        pass.onEnd(why -> told.add(name + ": " + why));
        now.incrementAndGet();
        return pass;
    }

    private List<Long> since(StreamKey key) {
        return viewers.of(key).stream().map(Session::sinceMs).sorted().toList();
    }

    @Test
    void oneViewerIsEndedOrAllOfAStream() {
        play(ONE, "a");
        play(ONE, "b");
        play(OTHER, "c");
        assertEquals(List.of(1_000L, 1_001L), since(ONE));
        String second = viewers.of(ONE).stream()
                .filter(session -> session.sinceMs() == 1_001)
                .findFirst()
                .orElseThrow()
                .id();
        assertTrue(second.matches("[A-Za-z0-9_-]{1,32}"), second);
        assertEquals(0, viewers.end(OTHER, Optional.of(second)));
        assertEquals(1, viewers.end(ONE, Optional.of(second)));
        assertEquals(0, viewers.end(ONE, Optional.of(second)));
        assertEquals(List.of("b: an operator ended the session"), told);
        assertEquals(List.of(1_000L), since(ONE));
        play(ONE, "d");
        assertEquals(2, viewers.end(ONE, Optional.empty()));
        assertEquals(3, told.size());
        assertEquals(List.of(), since(ONE));
        assertEquals(List.of(1_002L), since(OTHER));
        assertEquals(3, counters.get(Metric.VIEWERS_ENDED));
    }

    @Test
    void aViewerWhoLeftOrWasRefusedIsNoneAndAPermissionEndsAsBefore() {
        Admission.Pass left = play(ONE, "a");
        left.close();
        left.close();
        assertInstanceOf(Decision.Refused.class, ask(new StreamKey("live", "no"), "rtmp", Map.of()));
        assertEquals(List.of(), since(ONE));
        assertEquals(List.of(), since(new StreamKey("live", "no")));
        play(ONE, "b");
        assertEquals(1, passes.expire(2_000));
        assertEquals(List.of("b: the permission has expired"), told);
        assertEquals(List.of(), since(ONE));
        assertEquals(0, viewers.end(ONE, Optional.empty()));
        assertEquals(0, passes.size());
    }

    @Test
    void oneWhoIsEndedBeforeItListensIsToldWhenItDoes() {
        Admission.Pass pass = assertInstanceOf(Decision.Allowed.class, ask(ONE, "rtmp", Map.of()))
                .pass();
        assertEquals(1, viewers.end(ONE, Optional.empty()));
        pass.onEnd(told::add);
        assertEquals(List.of("an operator ended the session"), told);
    }
}
