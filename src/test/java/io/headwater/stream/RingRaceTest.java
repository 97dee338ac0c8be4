package io.headwater.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.media.Bytes;
import io.headwater.media.Frame;
import io.headwater.media.Tracks;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many readers that race with eviction: each gets the right bytes, and every buffer is freed exactly once. */
@ExtendWith(NoLeaks.class)
class RingRaceTest {
    private static final int READERS = 6;
    private static final int FRAMES = 60_000;

    @Test
    void readersThatRaceWithEvictionGetTheRightBytesAndLeakNothing() throws Exception {
        EncodedMemory node = new EncodedMemory(null);
        Ring ring = new Ring(0, 12 * (Slot.OVERHEAD + 40L), node);
        List<WireFormat> formats = List.of(new TestFormat(), new TestFormat());
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(READERS);
        List<Future<Long>> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            readers.add(threads.submit(reader(ring, formats, over, i)));
        }
        for (int n = 0; n < FRAMES; n++) {
            Frame frame = new Frame(
                    1, n, TestFrames.VIDEO, n, n, n % 5 == 0, Bytes.of(("" + n).getBytes(StandardCharsets.UTF_8)));
            if (n == 0) {
                ring.startEpoch();
                ring.startable(true, false);
            }
            ring.append(new Slot.Placed(frame, Tracks.NONE, false, false, n, n, n));
        }
        over.set(true);
        long read = 0;
        for (Future<Long> reader : readers) {
            read += reader.get(60, TimeUnit.SECONDS);
        }
        threads.shutdown();
        assertTrue(read > FRAMES / 100, "the readers saw only " + read);
        ring.retire();
        assertEquals(0, node.buffers());
        assertEquals(0, node.bytes());
    }

    private static Callable<Long> reader(Ring ring, List<WireFormat> formats, AtomicBoolean over, int seed) {
        return () -> {
            SplittableRandom random = new SplittableRandom(seed);
            Queue<ByteBuf> kept = new ConcurrentLinkedQueue<>();
            Queue<String> expected = new ConcurrentLinkedQueue<>();
            long read = 0;
            while (!over.get()) {
                long head = ring.head();
                // around the tail, where slots are being evicted
                Slot slot = ring.get(Math.max(0, random.nextBoolean() ? ring.tail() : head - 1 - random.nextInt(12)));
                if (slot == null) {
                    continue;
                }
                ByteBuf bytes = slot.encoded(formats.get(random.nextInt(formats.size())));
                kept.add(bytes);
                expected.add(slot.frame().sequence() + ";");
                read++;
                // a slow channel keeps what it was given until long after the ring let go
                while (kept.size() > 50) {
                    check(kept, expected);
                }
            }
            while (!kept.isEmpty()) {
                check(kept, expected);
            }
            return read;
        };
    }

    private static void check(Queue<ByteBuf> kept, Queue<String> expected) {
        ByteBuf bytes = kept.remove();
        assertEquals(expected.remove(), bytes.toString(StandardCharsets.UTF_8));
        bytes.release();
    }
}
