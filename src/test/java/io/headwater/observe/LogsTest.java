package io.headwater.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogsTest {
    @Test
    void aLevelIsSetWhileTheNodeRunsAndWhatIsNoneIsRefused() {
        String name = "io.headwater.test.levels";
        Logger logger = LoggerFactory.getLogger(name);
        assertEquals(Optional.empty(), Logs.set(name, "debug"));
        assertEquals(true, logger.isDebugEnabled());
        assertEquals("DEBUG", Logs.levels().get(name));
        assertEquals(Optional.empty(), Logs.set(name, "ERROR"));
        assertEquals(false, logger.isWarnEnabled());
        assertEquals(
                Optional.of("level is 'loud', expected one of TRACE, DEBUG, INFO, WARN, ERROR, OFF"),
                Logs.set(name, "loud"));
        assertEquals(
                Optional.of("logger is 'a b', expected a name such as io.headwater.relay"), Logs.set("a b", "INFO"));
    }

    @Test
    void inTheJsonFormatALineIsAnObjectWithTheNodeAndTheStream() throws Exception {
        LoggerContext context = configured("json");
        context.putProperty("node", "edge1");
        ConsoleAppender<ILoggingEvent> appender = out(context);
        assertEquals(JsonEncoder.class, appender.getEncoder().getClass());
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        appender.setOutputStream(written);
        context.getLogger("io.headwater.events")
                .atInfo()
                .addKeyValue("stream", "live/one")
                .log("started \"it\"");
        context.stop();
        JsonNode line = new ObjectMapper().readTree(written.toString(StandardCharsets.UTF_8));
        assertEquals("started \"it\"", line.path("formattedMessage").asText());
        assertEquals(
                "edge1", line.path("context").path("properties").path("node").asText(), line::toString);
        assertEquals("live/one", line.path("kvpList").path(0).path("stream").asText(), line::toString);
    }

    @Test
    void nobodyWaitsForALogThatIsNotReadAndWhatIsLeftOutIsCounted() throws Exception {
        LoggerContext context = configured("text");
        CountDownLatch read = new CountDownLatch(1);
        CountDownLatch all = new CountDownLatch(1);
        AtomicInteger expected = new AtomicInteger(Integer.MAX_VALUE);
        Queue<String> written = new ConcurrentLinkedQueue<>();
        AtomicInteger lines = new AtomicInteger();
        out(context).setOutputStream(new OutputStream() {
            @Override
            public void write(int one) {
                throw new AssertionError("a line is written at once");
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                try {
                    read.await();
                } catch (InterruptedException stopped) {
                    throw new InterruptedIOException();
                }
                written.add(new String(bytes, from, length, StandardCharsets.UTF_8).strip());
                if (lines.incrementAndGet() == expected.get()) {
                    all.countDown();
                }
            }
        });
        long before = LogQueue.leftOut();
        Logger logger = context.getLogger("io.headwater.events");
        for (int line = 0; line < 10_000; line++) {
            logger.info("line {}.", line);
        }
        long leftOut = LogQueue.leftOut() - before;
        assertTrue(leftOut > 1000 && leftOut < 2000, () -> "left out: " + leftOut);
        expected.set(10_000 - Math.toIntExact(leftOut));
        read.countDown();
        // before the context is stopped: that interrupts whoever writes
        assertTrue(all.await(60, TimeUnit.SECONDS), () -> "written: " + lines + " of " + expected);
        context.stop();
        assertEquals(expected.get(), lines.get());
        String one = written.stream().skip(8000).findFirst().orElseThrow();
        assertTrue(one.endsWith(" line 8000."), one);
    }

    private static LoggerContext configured(String format) throws JoranException {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new ch.qos.logback.classic.util.LogbackMDCAdapter());
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        context.putProperty("HEADWATER_LOG_FORMAT", format);
        configurator.doConfigure(LogsTest.class.getResource("/logback.xml"));
        return context;
    }

    private static ConsoleAppender<ILoggingEvent> out(LoggerContext context) {
        LogQueue queue = (LogQueue) context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("queue");
        return (ConsoleAppender<ILoggingEvent>) queue.getAppender("out");
    }
}
