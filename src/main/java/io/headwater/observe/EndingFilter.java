package io.headwater.observe;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;

/**
 * Keeps out of the log that an actor of Pekko's sharding could not start again because its cluster node has ended: it is
 * restarted while its actor system ends, and is not missed. Named in {@code logback.xml}.
 */
public final class EndingFilter extends Filter<ILoggingEvent> {
    private static final String ENDED = "Cluster node must not be terminated";

    @Override
    public FilterReply decide(ILoggingEvent event) {
        boolean ended = event.getLoggerName().contains("pekko")
                && (event.getFormattedMessage().contains(ENDED) || says(event.getThrowableProxy()));
        return ended ? FilterReply.DENY : FilterReply.NEUTRAL;
    }

    private static boolean says(@Nullable IThrowableProxy thrown) {
        IThrowableProxy cause = thrown;
        while (cause != null) {
            if (String.valueOf(cause.getMessage()).contains(ENDED)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }
}
