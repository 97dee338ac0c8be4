package io.headwater.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BindFilterTest {
    private static final String LISTENER = "org.apache.pekko.io.TcpListener";

    @Test
    void aPortThatIsTakenIsNotToldTwice() {
        assertEquals(FilterReply.DENY, said(LISTENER, "Bind failed for TCP channel on endpoint [/127.0.0.1:5080]"));
    }

    @Test
    void whatElseIsWrongWithConnectionsIsTold() {
        assertEquals(FilterReply.NEUTRAL, said(LISTENER, "Accept error: could not accept new connection"));
        assertEquals(FilterReply.NEUTRAL, said("io.headwater.Node", "Bind failed"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"logback-text.xml", "logback-json.xml"})
    void everyFormatHasIt(String format) throws IOException {
        try (InputStream file = Objects.requireNonNull(BindFilter.class.getResourceAsStream("/" + format))) {
            String layout = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(layout.contains(BindFilter.class.getName()), layout);
        }
    }

    private static FilterReply said(String logger, String message) {
        var from = new LoggerContext().getLogger(logger);
        return new BindFilter().decide(new LoggingEvent("", from, Level.ERROR, message, null, new Object[0]));
    }
}
