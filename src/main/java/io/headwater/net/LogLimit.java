package io.headwater.net;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Lets so many lines per period into the log and counts the rest, so that peers cannot fill it. Safe for threads. */
public final class LogLimit {
    private final int lines;
    private final long periodNanos;
    private final LongSupplier nanoClock;
    private long periodStart;
    private int written;
    private long leftOut;

    public LogLimit(int lines, Duration period) {
        this(lines, period, System::nanoTime);
    }

    LogLimit(int lines, Duration period, LongSupplier nanoClock) {
        this.lines = lines;
        this.periodNanos = period.toNanos();
        this.nanoClock = nanoClock;
        this.periodStart = nanoClock.getAsLong();
    }

    /** Gives {@code line} to {@code log} if there is room for it, with how many were left out before it. */
    public void log(Consumer<String> log, String line) {
        long missing = take();
        if (missing == 0) {
            log.accept(line);
        } else if (missing > 0) {
            log.accept(line + " (" + missing + " lines like this were left out before)");
        }
    }

    /** Lines left out since the last one that was let through, -1 if this one is left out too. */
    private synchronized long take() {
        long now = nanoClock.getAsLong();
        if (now - periodStart >= periodNanos) {
            periodStart = now;
            written = 0;
        }
        if (written == lines) {
            leftOut++;
            return -1;
        }
        written++;
        long missing = leftOut;
        leftOut = 0;
        return missing;
    }
}
