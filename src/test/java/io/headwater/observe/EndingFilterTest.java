package io.headwater.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import org.junit.jupiter.api.Test;

class EndingFilterTest {
    private final LoggerContext context = new LoggerContext();

    private FilterReply decide(String logger, Throwable thrown) {
        var event = new LoggingEvent("", context.getLogger(logger), Level.ERROR, "failed", thrown, null);
        return new EndingFilter().decide(event);
    }

    @Test
    void onlyWhatPekkoSaysOfAnEndedClusterNodeIsLeftOut() {
        Throwable ended = new IllegalArgumentException("requirement failed: Cluster node must not be terminated");
        assertEquals(
                FilterReply.DENY,
                decide("org.apache.pekko.actor.OneForOneStrategy", new IllegalStateException("init", ended)));
        assertEquals(FilterReply.NEUTRAL, decide("org.apache.pekko.actor.OneForOneStrategy", new Exception("other")));
        assertEquals(FilterReply.NEUTRAL, decide("io.headwater.cluster.ControlPlane", ended));
    }
}
