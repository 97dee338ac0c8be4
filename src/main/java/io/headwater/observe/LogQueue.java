package io.headwater.observe;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.concurrent.atomic.LongAdder;

/**
 * Lets nobody wait for the log: what media threads say is written by a thread of its own. A terminal that is stopped, a
 * container engine that does not read, or a slow disk holds up that thread and no stream. Named in {@code logback.xml}.
 *
 * <p>At most {@value #MOST} lines wait; what is said beyond is left out and counted.
 */
public final class LogQueue extends AsyncAppender {
    private static final int MOST = 8192;
    private static final int ENDS_WITHIN_MS = 1000;
    private static final LongAdder LEFT_OUT = new LongAdder();

    public LogQueue() {
        setQueueSize(MOST);
        setDiscardingThreshold(0); // no level goes before another
        setNeverBlock(true);
        setMaxFlushTime(ENDS_WITHIN_MS);
    }

    /** Lines of this process that were left out since it began. */
    static long leftOut() {
        return LEFT_OUT.sum();
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (getRemainingCapacity() == 0) {
            LEFT_OUT.increment();
        } else {
            super.append(event);
        }
    }
}
