package io.headwater.observe;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/**
 * Keeps out of the log the stack trace of a port that is taken: the node's own last line says which one, and by which
 * key. What else goes wrong with accepting connections is told. Named in {@code logback.xml}.
 */
public final class BindFilter extends Filter<ILoggingEvent> {
    @Override
    public FilterReply decide(ILoggingEvent event) {
        boolean aboutBinding = event.getLoggerName().equals("org.apache.pekko.io.TcpListener")
                && event.getFormattedMessage().startsWith("Bind failed");
        return aboutBinding ? FilterReply.DENY : FilterReply.NEUTRAL;
    }
}
