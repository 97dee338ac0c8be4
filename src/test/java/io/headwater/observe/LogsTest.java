package io.headwater.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
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
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new ch.qos.logback.classic.util.LogbackMDCAdapter());
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        context.putProperty("HEADWATER_LOG_FORMAT", "json");
        configurator.doConfigure(LogsTest.class.getResource("/logback.xml"));
        context.putProperty("node", "edge1");
        ConsoleAppender<ILoggingEvent> appender = (ConsoleAppender<ILoggingEvent>)
                context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("out");
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
}
