package io.headwater.observe;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/**
 * Keeps out of the log what remoting has to say, with a stack trace each, about connections from or to the cluster port of
 * those that do not speak its protocol: any port scanner would fill the log. Who matters is told by the cluster. Named in
 * {@code logback.xml}.
 */
public final class StrangersFilter extends Filter<ILoggingEvent> {
    private static final String FRAMING = "org.apache.pekko.remote.artery.tcp.TcpFraming";
    private static final String LISTENED_TO = "org.apache.pekko.remote.artery.Association";

    @Override
    public FilterReply decide(ILoggingEvent event) {
        if (event.getLoggerName().equals(LISTENED_TO) && !event.getLevel().isGreaterOrEqual(Level.ERROR)) {
            return FilterReply.DENY;
        }
        boolean strange = event.getLoggerName().startsWith("org.apache.pekko.")
                && event.getFormattedMessage().contains(FRAMING);
        return strange ? FilterReply.DENY : FilterReply.NEUTRAL;
    }
}
