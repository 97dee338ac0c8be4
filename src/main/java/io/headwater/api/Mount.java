package io.headwater.api;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** Something beside REST that is served on the same port, and is asked first. */
public interface Mount {
    /** The whole answer, which never fails, or nothing if the request is for somebody else. Takes no request bodies. */
    Optional<CompletionStage<HttpResponse>> handle(HttpRequest request);
}
