package io.headwater.codec.hls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class PackagedClipTest {
    @Test
    void theDemoClipBecomesSegments() throws Exception {
        Collected collected = Collected.of(
                ClipFrames.marked(ClipFrames.demo(), new Segmenter(SegmenterSettings.DEFAULT, 0), 1_800_000_000_000L));
        assertEquals(List.of(), collected.lost);
        assertEquals(1, collected.inits.size());
        assertEquals(
                10_240_000,
                collected.segments.stream().mapToLong(Segment::durationUs).sum());
    }
}
