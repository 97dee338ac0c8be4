package io.headwater.api;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/**
 * When a connection is closed for asking nothing: if its first request takes too long, or the next one, or trickles in.
 * One on which an answer without an end is under way, such as events, has its turn: it is not idle. One for each connection.
 */
final class Idleness {
    private static final int LOOKS = 4;

    private final Duration firstRequest;
    private final Duration idle;
    private final AtomicInteger endless = new AtomicInteger();

    Idleness(Duration firstRequest, Duration idle) {
        this.firstRequest = firstRequest;
        this.idle = idle;
    }

    /** Passes requests on, and ends when none comes for too long. */
    Flow<HttpRequest, HttpRequest, NotUsed> requests() {
        Duration look = idle.dividedBy(LOOKS);
        Source<Optional<HttpRequest>, ?> signsOfLife =
                Source.tick(look, look, Optional.<HttpRequest>empty()).filter(tick -> endless.get() > 0);
        return Flow.of(HttpRequest.class)
                .initialTimeout(firstRequest)
                .map(Optional::of)
                .merge(signsOfLife, true)
                .idleTimeout(idle)
                .recoverWithRetries(1, TimeoutException.class, Source::empty)
                .filter(Optional::isPresent)
                .map(Optional::get);
    }

    /** Takes notice of answers that have no end. */
    HttpResponse answer(HttpResponse response) {
        if (!response.entity().isChunked()) {
            return response;
        }
        endless.incrementAndGet();
        return response.transformEntityDataBytes(Flow.of(ByteString.class)
                .watchTermination(Keep.right())
                .mapMaterializedValue(done -> done.whenComplete((ok, failed) -> endless.decrementAndGet())));
    }
}
