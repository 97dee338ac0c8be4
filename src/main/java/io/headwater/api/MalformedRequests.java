package io.headwater.api;

import io.headwater.net.Counters;
import io.headwater.net.Metric;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import org.apache.pekko.event.LoggingAdapter;
import org.apache.pekko.http.ParsingErrorHandler;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.ErrorInfo;
import org.apache.pekko.http.scaladsl.model.StatusCode;
import org.apache.pekko.http.scaladsl.settings.ServerSettings;

/**
 * Answers bytes that are no HTTP request: JSON like every other error, counted, and not a line in the log, which a
 * scanner would fill.
 *
 * <p>Pekko HTTP finds the object by the class's name (a Scala object's field), so it cannot be handed the counters: the
 * servers of this process name theirs here.
 */
public final class MalformedRequests extends ParsingErrorHandler {
    /** The one instance, under the name Scala gives such a field. */
    public static final MalformedRequests MODULE$ = new MalformedRequests();

    private static final Set<Counters> COUNTING = new CopyOnWriteArraySet<>();

    private MalformedRequests() {}

    static void countIn(Counters counters) {
        COUNTING.add(counters);
    }

    static void stopCountingIn(Counters counters) {
        COUNTING.remove(counters);
    }

    @Override
    public HttpResponse handle(StatusCode status, ErrorInfo info, LoggingAdapter log, ServerSettings settings) {
        COUNTING.forEach(counters -> counters.increment(Metric.API_MALFORMED));
        Answer answer = Answer.refused(status.intValue(), Call.printable(info.summary()));
        return HttpResponse.create()
                .withStatus(status.intValue())
                .withEntity(
                        ContentTypes.APPLICATION_JSON, Json.write(answer.body().orElseThrow()));
    }
}
