package io.headwater.multijvm.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.bench.StampedFrames;
import io.headwater.codec.flv.FlvTag;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FrameCheckTest {
    private static final StampedFrames FRAMES = new StampedFrames(200_000, 25, 25, 1);

    private final FrameCheck check = new FrameCheck();

    private void picture(int session, int number, long timestampMs, long atMs) {
        picture(session, number, timestampMs, 40L * number, atMs);
    }

    private void picture(int session, int number, long timestampMs, long sentMs, long atMs) {
        byte[] body = FRAMES.videoBody(number);
        StampedFrames.stamp(body, (long) session << 32 | number, TimeUnit.MILLISECONDS.toNanos(sentMs));
        check.tag(FlvTag.VIDEO, timestampMs, ByteBuffer.wrap(body), TimeUnit.MILLISECONDS.toNanos(atMs));
    }

    private void pictures(int session, int from, int to) {
        for (int number = from; number < to; number++) {
            picture(session, number, 40L * number, 40L * number);
        }
    }

    @Test
    void framesInOrderAreWholeWhereverTheyBegin() {
        pictures(1, 25, 60);
        assertTrue(check.seen().isWhole());
        assertEquals(35, check.seen().pictures());
    }

    @Test
    void aHoleIsCountedByWhatIsMissing() {
        pictures(1, 0, 5);
        pictures(1, 8, 10);
        assertEquals(3, check.seen().lost());
        assertEquals(0, check.seen().twice());
    }

    @Test
    void framesThatComeAgainAreCounted() {
        pictures(1, 0, 5);
        picture(1, 3, 200, 200);
        picture(1, 4, 240, 240);
        assertEquals(2, check.seen().twice());
        assertEquals(0, check.seen().lost());
    }

    @Test
    void anotherSessionBeginsWithAKeyframeOrIsCounted() {
        pictures(1, 0, 5);
        picture(2, 25, 200, 200);
        picture(2, 26, 240, 240);
        assertTrue(check.seen().isWhole());
        assertEquals(1, check.seen().sessions());
        picture(3, 7, 280, 280);
        assertEquals(1, check.seen().headless());
    }

    @Test
    void aSessionThatComesBackMayNotRepeatItself() {
        pictures(1, 0, 30);
        picture(2, 0, 1200, 1200);
        picture(1, 25, 1240, 1240);
        assertEquals(1, check.seen().twice());
    }

    @Test
    void timestampsThatFallAreCounted() {
        pictures(1, 0, 5);
        picture(2, 0, 100, 200);
        assertEquals(1, check.seen().falls());
        assertFalse(check.seen().isWhole());
    }

    @Test
    void theLongestGapIsTakenFromTheMarkAndCountsWhileItIsOpen() {
        pictures(1, 0, 2);
        picture(1, 2, 80, 900);
        check.mark(TimeUnit.MILLISECONDS.toNanos(910));
        picture(1, 3, 120, 1000);
        assertEquals(60, TimeUnit.NANOSECONDS.toMillis(check.longestNanos(TimeUnit.MILLISECONDS.toNanos(1010))));
        assertEquals(460, TimeUnit.NANOSECONDS.toMillis(check.longestNanos(TimeUnit.MILLISECONDS.toNanos(1500))));
        assertEquals(90, TimeUnit.NANOSECONDS.toMillis(check.resumedAfterNanos(TimeUnit.MILLISECONDS.toNanos(2000))));
    }

    @Test
    void aPublisherThatSendsLateMakesNoGap() {
        check.mark(0);
        picture(1, 0, 0, 0, 5);
        picture(1, 1, 40, 300, 305);
        assertEquals(0, TimeUnit.NANOSECONDS.toMillis(check.longestNanos(TimeUnit.MILLISECONDS.toNanos(320))));
    }

    @Test
    void framesThatAreLeftOutDoNotHideTheGap() {
        check.mark(0);
        picture(1, 0, 0, 0, 5);
        picture(1, 25, 1000, 1000, 1005);
        assertEquals(960, TimeUnit.NANOSECONDS.toMillis(check.longestNanos(TimeUnit.MILLISECONDS.toNanos(1010))));
    }

    @Test
    void tagsWithoutAStampArePassedOver() {
        check.tag(FlvTag.VIDEO, 0, ByteBuffer.wrap(StampedFrames.avcConfigBody()), 0);
        check.tag(FlvTag.AUDIO, 0, ByteBuffer.wrap(StampedFrames.aacConfigBody()), 0);
        assertEquals(0, check.seen().pictures() + check.seen().sounds());
    }
}
