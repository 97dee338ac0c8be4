package io.headwater.api;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** Gives a request to who answers it, a page, what is mounted, or REST, and tells how long that took. */
final class Requests {
    private final WebPages pages;
    private final Dispatcher dispatcher;
    private final Operations operations;

    Requests(WebPages pages, Dispatcher dispatcher, Operations operations) {
        this.pages = pages;
        this.dispatcher = dispatcher;
        this.operations = operations;
    }

    /** Never fails. */
    CompletionStage<HttpResponse> handle(HttpRequest request) {
        long begin = System.nanoTime();
        Optional<HttpResponse> page = pages.answer(request);
        if (page.isPresent()) {
            return measured("page", begin, CompletableFuture.completedFuture(page.get()));
        }
        Optional<CompletionStage<HttpResponse>> mounted = dispatcher.mounted(request);
        return mounted.isPresent()
                ? measured("mount", begin, mounted.get())
                : measured("rest", begin, dispatcher.handle(request));
    }

    private CompletionStage<HttpResponse> measured(String kind, long begin, CompletionStage<HttpResponse> answer) {
        return answer.thenApply(response -> {
            operations.answered(kind, response.status().intValue(), System.nanoTime() - begin);
            return response;
        });
    }
}
