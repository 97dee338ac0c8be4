package io.headwater.api;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/**
 * Server-sent events as the body of an {@link Answer}. A comment goes out whenever there is nothing to say for so long, so
 * that a listener that has vanished is found, and no proxy takes the connection for a dead one.
 */
record EventStream(Source<Message, NotUsed> messages, Duration keepAlive) {
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final ByteString COMMENT = ByteString.fromString(":\n\n");

    /** @param data written as JSON, on one line */
    record Message(String event, Object data) {
        ByteString bytes() {
            return ByteString.fromString("event: " + event + "\ndata: ")
                    .concat(ByteString.fromArrayUnsafe(Json.write(data)))
                    .concat(ByteString.fromString("\n\n"));
        }
    }

    static EventStream of(Message... messages) {
        return new EventStream(Source.from(Arrays.asList(messages)), Duration.ofSeconds(10));
    }

    /** Ends within a quarter of a second of when that is so no longer. */
    EventStream asLongAs(BooleanSupplier may) {
        Source<Optional<Message>, ?> looks = Source.tick(LOOK, LOOK, Optional.<Message>empty());
        return new EventStream(
                messages.map(Optional::of)
                        .merge(looks, true)
                        .takeWhile(one -> one.isPresent() || may.getAsBoolean())
                        .mapConcat(one -> one.stream().toList()),
                keepAlive);
    }

    HttpEntity.Chunked entity() {
        return HttpEntities.createChunked(
                ContentTypes.parse("text/event-stream"),
                messages.map(Message::bytes).keepAlive(keepAlive, () -> COMMENT));
    }
}
