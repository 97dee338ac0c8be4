package io.headwater.observe;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/**
 * Keeps out of the log what remoting has to say, with a stack trace each, about connections to the cluster port that do
 * not speak its protocol: any port scanner would fill the log. Named in {@code logback.xml}.
 */
public final class StrangersFilter extends Filter<ILoggingEvent> {
    private static final String FRAMING = "org.apache.pekko.remote.artery.tcp.TcpFraming";

    @Override
    public FilterReply decide(ILoggingEvent event) {
        boolean aboutFraming = event.getLoggerName().startsWith("org.apache.pekko.")
                && event.getFormattedMessage().contains(FRAMING);
        return aboutFraming ? FilterReply.DENY : FilterReply.NEUTRAL;
    }
}
