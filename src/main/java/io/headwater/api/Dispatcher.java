package io.headwater.api;

import io.headwater.codec.MalformedException;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.ResponseEntity;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.scaladsl.model.EntityStreamException;
import org.apache.pekko.http.scaladsl.model.EntityStreamSizeException;
import org.apache.pekko.http.scaladsl.model.IllegalUriException;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds a request's route, lets it answer, and turns whatever goes wrong into one JSON error with the right status. */
final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final long BODY_TIMEOUT_MS = 10_000;
    private static final String UNREADABLE_QUERY =
            "the query cannot be read, expected name=value with & between, percent-encoded";

    private final List<Route> routes;
    private final List<Mount> mounts;
    private final WriteGuard guard;
    private final Cors cors;
    private final long maxBodyBytes;
    private final Counters counters;
    private final Materializer materializer;

    Dispatcher(
            List<Route> routes,
            List<Mount> mounts,
            ApiSettings settings,
            Counters counters,
            Materializer materializer) {
        this.routes = List.copyOf(routes);
        this.mounts = List.copyOf(mounts);
        this.guard = new WriteGuard(settings.protection(), counters);
        this.cors = new Cors(settings.corsOrigins());
        this.maxBodyBytes = settings.maxBodyBytes();
        this.counters = counters;
        this.materializer = materializer;
    }

    /** For a request beyond what its address, or all of them, may ask. */
    static HttpResponse tooOften() {
        Answer refused = Answer.refused(429, "too many requests, ask again later");
        return HttpResponse.create()
                .withStatus(refused.status())
                .withEntity(entity(refused.body().orElseThrow()))
                .addHeader(RawHeader.create("Retry-After", "1"))
                .addHeader(RawHeader.create("Cache-Control", "no-store"));
    }

    /** The answer of what is served beside REST; nothing if the request is for REST. */
    Optional<CompletionStage<HttpResponse>> mounted(HttpRequest request) {
        for (Mount mount : mounts) {
            Optional<CompletionStage<HttpResponse>> answer = mount.handle(request);
            if (answer.isPresent()) {
                request.discardEntityBytes(materializer);
                return answer;
            }
        }
        return Optional.empty();
    }

    /** Never fails. */
    CompletionStage<HttpResponse> handle(HttpRequest request) {
        counters.increment(Metric.API_REQUESTS);
        Optional<HttpResponse> preflight = cors.preflight(request);
        if (preflight.isPresent()) {
            request.discardEntityBytes(materializer);
            return CompletableFuture.completedFuture(preflight.get());
        }
        String method = request.method().name().equals("HEAD")
                ? "GET"
                : request.method().name();
        List<String> path = parts(request);
        for (Route route : routes) {
            Optional<Map<String, String>> values = route.method().equals(method) ? route.match(path) : Optional.empty();
            if (values.isPresent()) {
                boolean open = guard.isOpen(request, route.changes());
                return marked(request, call(route, values.get(), request), open);
            }
        }
        return marked(request, nothingThere(request, path), true);
    }

    private CompletionStage<HttpResponse> marked(HttpRequest request, CompletionStage<Answer> made, boolean open) {
        return made.exceptionally(failed -> answerFor(request, failed))
                .thenApply(answer -> cors.mark(request, response(answer), open));
    }

    private CompletionStage<Answer> nothingThere(HttpRequest request, List<String> path) {
        TreeSet<String> allowed = new TreeSet<>();
        for (Route route : routes) {
            Optional<Map<String, String>> values = route.match(path);
            values.ifPresent(match -> allowed.add(route.method()));
        }
        request.discardEntityBytes(materializer);
        String shown = Call.printable("/" + String.join("/", path));
        return CompletableFuture.completedFuture(
                allowed.isEmpty()
                        ? Answer.refused(404, "there is nothing at " + shown)
                        : methodNotAllowed(request.method().name() + " is not for " + shown, allowed));
    }

    private static Answer methodNotAllowed(String reason, Set<String> allowed) {
        String methods = String.join(", ", allowed) + (allowed.contains("GET") ? ", HEAD" : "");
        Answer refused = Answer.refused(405, Call.printable(reason) + ", expected " + methods);
        return new Answer(refused.status(), refused.body(), Optional.of(methods));
    }

    private CompletionStage<Answer> call(Route route, Map<String, String> values, HttpRequest request) {
        Optional<Map<String, String>> query = query(request);
        Optional<Answer> refusal = guard.refusal(request, route.changes())
                .or(() -> query.isEmpty() ? Optional.of(Answer.refused(400, UNREADABLE_QUERY)) : Optional.empty());
        if (refusal.isEmpty() && route.changes()) {
            refusal = foreignRefusal(request);
        }
        if (refusal.isEmpty() && !route.takesBody()) {
            request.discardEntityBytes(materializer);
            return run(route, new Call(values, query.orElseThrow(), ByteString.emptyByteString()))
                    .thenApply(answer -> answer.asLongAs(guard.stillMay(request)));
        }
        refusal = refusal.or(() -> contentTypeRefusal(request));
        if (refusal.isPresent()) {
            request.discardEntityBytes(materializer);
            return CompletableFuture.completedFuture(refusal.get());
        }
        long limit = route.maxBody() > 0 ? route.maxBody() : maxBodyBytes;
        if (request.entity().getContentLengthOption().orElse(0) > limit) {
            return tooLong(request, limit);
        }
        return request.entity()
                .withSizeLimit(limit)
                .toStrict(BODY_TIMEOUT_MS, materializer)
                .thenCompose(body -> run(route, new Call(values, query.orElseThrow(), body.getData())));
    }

    /** After its body, as far as it may be long: a connection closed with unread bytes is reset, and the answer lost. */
    private CompletionStage<Answer> tooLong(HttpRequest request, long limit) {
        return request.discardEntityBytes(materializer)
                .completionStage()
                .toCompletableFuture()
                .completeOnTimeout(Done.getInstance(), BODY_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .handle((read, longerStill) -> tooLong(limit));
    }

    private Answer tooLong(long limit) {
        String setting = limit == maxBodyBytes ? " (headwater.http.max-body)" : "";
        return Answer.refused(413, "the body is longer than " + limit + " bytes" + setting);
    }

    /** Nothing if it cannot be read, which is not the same as none. */
    private static Optional<Map<String, String>> query(HttpRequest request) {
        try {
            return Optional.of(request.getUri().query().toMap());
        } catch (IllegalUriException unreadable) {
            return Optional.empty();
        }
    }

    private static CompletionStage<Answer> run(Route route, Call call) {
        // composed, so that what a handler throws is a failed stage like any other
        return CompletableFuture.completedFuture(call).thenCompose(made -> {
            try {
                return route.handler().handle(made);
            } catch (MalformedException refused) {
                return CompletableFuture.failedFuture(refused);
            }
        });
    }

    /**
     * A call without a body needs no content type, so a page of another origin could make it without asking first. A link or
     * a picture of one is a GET without an origin, of which browsers say whose it is another way.
     */
    private Optional<Answer> foreignRefusal(HttpRequest request) {
        Optional<String> origin = request.getHeader("Origin").map(header -> header.value());
        boolean elsewhere = request.getHeader("Sec-Fetch-Site")
                .filter(site ->
                        !site.value().equals("same-origin") && !site.value().equals("none"))
                .isPresent();
        boolean own = origin.isEmpty() || origin.get().endsWith("://" + WriteGuard.host(request));
        return (own && !elsewhere) || origin.filter(cors::names).isPresent()
                ? Optional.empty()
                : Optional.of(Answer.refused(
                        403,
                        "calls that change something or tell what is secret are not taken from pages of "
                                + Call.printable(origin.orElse("another site")) + " (headwater.http.cors-origins)"));
    }

    /** A form post from a web page of another origin must not pass for a call: only JSON makes a browser ask first. */
    private static Optional<Answer> contentTypeRefusal(HttpRequest request) {
        if (request.entity().isKnownEmpty()) {
            return Optional.empty();
        }
        var mediaType = request.entity().getContentType().mediaType();
        boolean json = mediaType.mainType().equals("application")
                && (mediaType.subType().equals("json") || mediaType.subType().endsWith("+json"));
        return json
                ? Optional.empty()
                : Optional.of(Answer.refused(
                        415,
                        "content type is " + Call.printable(mediaType.toString()) + ", expected application/json"));
    }

    private Answer answerFor(HttpRequest request, Throwable failed) {
        Throwable cause =
                failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
        if (cause instanceof CallRefused refused) {
            return Answer.refused(refused.status(), refused.reason());
        }
        if (cause instanceof MalformedException) {
            return Answer.refused(400, String.valueOf(cause.getMessage()));
        }
        if (cause instanceof EntityStreamSizeException tooLong) {
            return tooLong(tooLong.limit());
        }
        if (cause instanceof TimeoutException) {
            return Answer.refused(408, "the body did not arrive within " + BODY_TIMEOUT_MS + " ms");
        }
        if (cause instanceof EntityStreamException) {
            return Answer.refused(400, "the body broke off");
        }
        LOG.error(
                "{} {} failed",
                request.method().name(),
                Call.printable(request.getUri().path()),
                cause);
        return Answer.refused(500, "this is a fault of the server; its log says more");
    }

    private HttpResponse response(Answer answer) {
        if (answer.status() >= 400) {
            counters.increment(Metric.API_REFUSED);
        }
        HttpResponse response = HttpResponse.create().withStatus(answer.status());
        response = answer.body().isPresent()
                ? response.withEntity(entity(answer.body().get()))
                : response.withEntity(HttpEntities.EMPTY);
        response = response.addHeader(RawHeader.create("Cache-Control", "no-store"))
                .addHeader(RawHeader.create("X-Content-Type-Options", "nosniff"));
        if (answer.status() == 401) {
            response = response.addHeader(RawHeader.create("WWW-Authenticate", "Bearer"));
        }
        return answer.allow().isPresent()
                ? response.addHeader(RawHeader.create("Allow", answer.allow().get()))
                : response;
    }

    private static ResponseEntity entity(Object body) {
        if (body instanceof EventStream events) {
            return events.entity();
        }
        return body instanceof Operations.Text text
                ? HttpEntities.create(ContentTypes.parse(text.contentType()), ByteString.fromString(text.text()))
                : HttpEntities.create(ContentTypes.APPLICATION_JSON, Json.write(body));
    }

    private static List<String> parts(HttpRequest request) {
        List<String> parts = new ArrayList<>();
        request.getUri().pathSegments().forEach(parts::add);
        if (!parts.isEmpty() && parts.get(parts.size() - 1).isEmpty()) {
            parts.remove(parts.size() - 1);
        }
        return parts;
    }
}
