package io.headwater.stream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Fails a test class if Netty's leak detector, which the build sets to paranoid, found a buffer that nobody released. */
public final class NoLeaks implements BeforeAllCallback, AfterAllCallback {
    private final Queue<String> reports = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            reports.add(event.getFormattedMessage());
        }
    };

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (ResourceLeakDetector.getLevel() != ResourceLeakDetector.Level.PARANOID) {
            throw new IllegalStateException("leak detection is " + ResourceLeakDetector.getLevel());
        }
        appender.start();
        logger().addAppender(appender);
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        for (int i = 0; i < 5; i++) {
            System.gc();
            // the references of lost buffers are queued by the collector a moment later; a new buffer looks at the
            // queue
            Thread.sleep(20);
            ByteBufAllocator.DEFAULT.directBuffer(8).release();
        }
        logger().detachAppender(appender);
        if (!reports.isEmpty()) {
            throw new AssertionError("leaked: " + reports.peek());
        }
    }
}
