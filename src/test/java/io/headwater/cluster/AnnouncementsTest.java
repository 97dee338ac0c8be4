package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.headwater.media.StreamKey;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AnnouncementsTest {
    private static final StreamKey KEY = new StreamKey("live", "s");
    private final Announcements announcements = new Announcements();

    private List<StreamKey> due(long nowMs) {
        return announcements.due(nowMs, key -> true);
    }

    @Test
    void isToldFromItsTimeOnEverySecond() {
        announcements.begin(KEY, 500);
        assertEquals(List.of(), due(499));
        assertEquals(List.of(KEY), due(500));
        assertEquals(List.of(), due(1_499));
        assertEquals(List.of(KEY), due(1_500));
    }

    @Test
    void whatIsToldAlreadyIsNotPutOff() {
        announcements.begin(KEY, 500);
        announcements.begin(KEY, 5_000);
        assertEquals(List.of(KEY), due(500));
    }

    @Test
    void endsWhenItIsAnswered() {
        announcements.begin(KEY, 0);
        announcements.end(KEY);
        assertEquals(List.of(), due(0));
    }

    @Test
    void endsWhenTheNodeLetsGoOfTheStream() {
        announcements.begin(KEY, 0);
        assertEquals(List.of(), announcements.due(0, key -> false));
        assertEquals(List.of(), due(10_000));
    }

    @Test
    void givesUpAfterAMinute() {
        announcements.begin(KEY, 0);
        int told = 0;
        for (long now = 0; now <= 120_000; now += 50) {
            told += due(now).size();
        }
        assertEquals(61, told);
    }

    @Test
    void manyAreToldABatchAtATime() {
        for (int i = 0; i < 3 * Announcements.MOST_AT_ONCE; i++) {
            announcements.begin(new StreamKey("live", "s" + i), 0);
        }
        long different = Stream.of(0, 50, 100)
                .flatMap(now -> due(now).stream())
                .distinct()
                .count();
        assertEquals(3L * Announcements.MOST_AT_ONCE, different);
        assertEquals(List.of(), due(150));
    }
}
