package io.headwater.gateway.hls;

import io.headwater.codec.hls.Container;
import io.headwater.net.AddressLimits;
import io.headwater.net.ConnectionLimit;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Admission;
import io.headwater.stream.Sessions;
import io.headwater.stream.Streams;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.IllegalUriException;
import org.jspecify.annotations.Nullable;

/**
 * Answers HLS requests of one node: {@code GET /{app}/streams/{streamId}.m3u8}, and below
 * {@code /{app}/streams/{streamId}/} the media playlist and the files it names.
 *
 * <p>Every node gives the same answers, so any request may go to any of them; a node that has enough sends who begins to
 * watch to another one. A stream is packaged from its first request
 * on until nobody has asked for a while; a node that is not asked does nothing for HLS.
 */
public final class HlsServer implements AutoCloseable {
    private static final int SESSION_ID_BYTES = 8;
    private static final String VLC = "LibVLC/3.";

    private final Map<HlsStream.Place, HlsStream> streams = new ConcurrentHashMap<>();
    private final HlsSettings settings;
    private final Admission admission;
    private final Function<Admission.Request, Optional<Admission.Decision.Elsewhere>> placement;
    private final Counters counters;
    private final Supplier<ScheduledExecutorService> loops;
    private final HlsContext context;
    /** Those that are not here yet, by who asked for them first: anybody can make up names. */
    private final ConnectionLimit connecting;

    private final Http http;
    private final SecureRandom random = new SecureRandom();
    private volatile boolean closed;

    /**
     * @param limits knows the addresses that are not limited one by one
     * @param placement where who begins to watch is served better
     * @param loops the event loop for another stream
     * @param answering where answers that were waited for are given
     */
    public HlsServer(
            HlsSettings settings,
            AddressLimits limits,
            Streams streams,
            Admission admission,
            Function<Admission.Request, Optional<Admission.Decision.Elsewhere>> placement,
            Counters counters,
            Supplier<ScheduledExecutorService> loops,
            Executor answering) {
        this.settings = settings;
        this.admission = admission;
        this.placement = placement;
        this.counters = counters;
        this.loops = loops;
        this.connecting =
                new ConnectionLimit(settings.maxConnecting(), settings.maxConnectingPerAddress(), limits::trusts);
        this.http = new Http(settings.allowOrigin());
        this.context = new HlsContext(
                settings,
                streams,
                counters,
                answering,
                new AtomicInteger(),
                new AtomicInteger(),
                new AtomicLong(),
                new HlsSessions(settings.maxSessions(), counters, HlsStream::nowMs),
                this.streams::remove);
    }

    /** Who watches now. */
    public Sessions sessions() {
        return context.sessions();
    }

    /** What is in use now; all zero when nobody watches HLS. */
    public record Usage(int streams, int blocked, long bytes) {}

    public Usage usage() {
        return new Usage(
                streams.size(), context.blocked().get(), context.bytes().get());
    }

    /** The answer to a request, or nothing if it is none of HLS. The request's body is not touched. */
    public Optional<CompletionStage<HttpResponse>> handle(HttpRequest request) {
        Map<String, String> query = query(request);
        return HlsRequest.of(request.getUri().path(), query)
                .map(asked -> answer(request, asked, query)
                        .thenApply(reply -> count(reply))
                        .thenApply(reply -> http.response(request, reply, isOpen(asked))));
    }

    private Reply count(Reply reply) {
        if (reply instanceof Reply.Refused) {
            counters.increment(Metric.HLS_REFUSED);
        }
        return reply;
    }

    /** What cannot be read as a query is none. */
    private static Map<String, String> query(HttpRequest request) {
        try {
            Map<String, String> first = new LinkedHashMap<>();
            request.getUri().query().toList().forEach(pair -> first.putIfAbsent(pair.first(), pair.second()));
            return first;
        } catch (IllegalUriException unreadable) {
            return Map.of();
        }
    }

    private CompletionStage<Reply> answer(HttpRequest request, HlsRequest asked, Map<String, String> query) {
        counters.increment(Metric.HLS_REQUESTS);
        String method = request.method().name();
        if (method.equals("OPTIONS")) {
            return done(new Reply.Preflight());
        }
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return done(new Reply.Refused(405, "only GET, HEAD and OPTIONS are for HLS"));
        }
        if (asked instanceof HlsRequest.Refused refused) {
            return done(new Reply.Refused(refused.status(), refused.reason()));
        }
        if (!settings.app(asked.key().app()).enabled()) {
            return done(new Reply.Refused(404, "HLS is off for " + asked.key().app()));
        }
        if (asked.container() == Container.MPEG_TS
                && !settings.app(asked.key().app()).mpegTs()) {
            return done(new Reply.Refused(404, "headwater.apps." + asked.key().app() + ".hls.mpeg-ts is off"));
        }
        if (asked instanceof HlsRequest.File file && isOpen(asked)) {
            return file(file, request);
        }
        Admission.Request who =
                new Admission.Request(Admission.Action.PLAY, asked.key(), peer(request), credentials(request, query));
        Optional<Reply> elsewhere =
                asked instanceof HlsRequest.Multivariant ? elsewhere(request, who, query) : Optional.empty();
        return elsewhere.isPresent()
                ? done(elsewhere.get())
                : admission.ask(who).thenCompose(decision -> decided(decision, request, asked, query));
    }

    /** Of other nodes the plain ports are known, and a token in a header stays behind with who is sent on. */
    private Optional<Reply> elsewhere(HttpRequest request, Admission.Request who, Map<String, String> query) {
        boolean stays = request.getUri().getScheme().equals("https")
                || request.getHeader("Authorization").isPresent();
        return stays
                ? Optional.empty()
                : placement.apply(who).map(better -> {
                    String path = Admission.Place.sentOn(request.getUri().path(), query);
                    return new Reply.Elsewhere("http://" + better.place().http() + path, better.reason());
                });
    }

    private CompletionStage<Reply> decided(
            Admission.Decision decision, HttpRequest request, HlsRequest asked, Map<String, String> query) {
        if (decision instanceof Admission.Decision.Refused refused) {
            return done(new Reply.Refused(403, refused.reason()));
        }
        return whilePermitted(((Admission.Decision.Allowed) decision).pass(), admitted(request, asked, query));
    }

    /** The permission is asked for again with every request, so it is held only as long as the answer takes. */
    private CompletionStage<Reply> whilePermitted(Admission.Pass pass, CompletionStage<Reply> answer) {
        CompletableFuture<Reply> first = answer.toCompletableFuture();
        if (first.isDone()) {
            pass.close();
            return first;
        }
        CompletableFuture<Reply> told = new CompletableFuture<>();
        first.whenComplete((reply, failed) -> {
            pass.close();
            if (failed == null) {
                told.complete(reply);
            } else {
                told.completeExceptionally(failed);
            }
        });
        pass.onEnd(reason -> told.completeAsync(() -> new Reply.Refused(403, reason), context.answering()));
        return told;
    }

    private CompletionStage<Reply> admitted(HttpRequest request, HlsRequest asked, Map<String, String> query) {
        if (asked instanceof HlsRequest.File file) {
            return file(file, request);
        }
        if (asked instanceof HlsRequest.Media media) {
            if (wasEnded(media, request)) {
                return done(new Reply.Refused(403, Sessions.ENDED));
            }
            // files of a stream that is not for everybody are asked for with what the player brought
            String suffix = isOpen(asked) ? "" : Http.query(again(query));
            return with(media, request, false, stream -> stream.media(media.reload(), suffix));
        }
        return stopsAtDiscontinuities(request, query) && servesTransportStreams(asked)
                ? transportStreams(asked, request, query)
                : multivariant(asked, request, query);
    }

    private boolean wasEnded(HlsRequest.Media media, HttpRequest request) {
        if (media.session().isEmpty() || !settings.app(media.key().app()).sessions()) {
            return false;
        }
        // one node answers the first part of a segment, even to a player that changes its node at every request
        boolean counts = media.reload().part() <= 0;
        return !context.sessions()
                .asks(place(media), media.session().get(), peer(request).address(), counts);
    }

    private CompletionStage<Reply> multivariant(HlsRequest asked, HttpRequest request, Map<String, String> query) {
        return with(asked, request, true, stream -> stream.multivariant(mediaPlaylist(asked, query)));
    }

    /** Transport streams, or fragments if the picture or the sound has no place in those. */
    private CompletionStage<Reply> transportStreams(HlsRequest asked, HttpRequest request, Map<String, String> query) {
        HlsRequest instead = new HlsRequest.Multivariant(asked.key(), Container.MPEG_TS);
        if (isFull() && !isPackaged(instead)) {
            // fragments that are there anyway are better than none
            return multivariant(asked, request, query);
        }
        return with(
                instead,
                request,
                true,
                stream -> stream.multivariant(mediaPlaylist(instead, query))
                        .thenCompose(reply -> stream.lacks() ? multivariant(asked, request, query) : done(reply)));
    }

    private boolean servesTransportStreams(HlsRequest asked) {
        HlsSettings.App app = settings.app(asked.key().app());
        // where viewers have no ids, one answer is for all of them
        return app.mpegTs() && app.sessions();
    }

    /** VLC 3 goes on over a discontinuity in transport streams, and ends at one in fragments. */
    private static boolean stopsAtDiscontinuities(HttpRequest request, Map<String, String> query) {
        return !query.containsKey(HlsRequest.CONTAINER)
                && request.getHeader("User-Agent")
                        .filter(agent -> agent.value().contains(VLC))
                        .isPresent();
    }

    private boolean isOpen(HlsRequest asked) {
        return admission.isOpen(Admission.Action.PLAY, asked.key().app());
    }

    private CompletionStage<Reply> file(HlsRequest.File file, HttpRequest request) {
        return with(file, request, false, stream -> stream.file(file.name()));
    }

    /** What a player brought that is to be said again. */
    private static Map<String, String> again(Map<String, String> query) {
        Map<String, String> again = new LinkedHashMap<>(query);
        again.keySet().removeIf(name -> name.startsWith("_HLS_"));
        again.remove(HlsSessions.PARAMETER);
        again.remove(HlsRequest.CONTAINER);
        again.remove(Admission.REDIRECTED);
        return again;
    }

    /** The address of the media playlist beside the multivariant one, with what the player must say there again. */
    private String mediaPlaylist(HlsRequest asked, Map<String, String> query) {
        Map<String, String> again = again(query);
        if (settings.app(asked.key().app()).sessions()) {
            byte[] id = new byte[SESSION_ID_BYTES];
            random.nextBytes(id);
            again.put(
                    HlsSessions.PARAMETER,
                    Base64.getUrlEncoder().withoutPadding().encodeToString(id));
        }
        String name = asked.container() == Container.FMP4 ? HlsRequest.MEDIA : HlsRequest.TS_MEDIA;
        return asked.key().streamId() + "/" + name + Http.query(again);
    }

    private static Streams.PeerInfo peer(HttpRequest request) {
        InetSocketAddress address = remote(request).orElse(null);
        return new Streams.PeerInfo(
                HlsStream.PROTOCOL,
                address == null ? "" : address.getAddress().getHostAddress() + ":" + address.getPort());
    }

    private static Optional<InetSocketAddress> remote(HttpRequest request) {
        return request.getAttribute(AttributeKeys.remoteAddress)
                .flatMap(remote -> remote.getAddress().map(ip -> new InetSocketAddress(ip, remote.getPort())));
    }

    private static Map<String, String> credentials(HttpRequest request, Map<String, String> query) {
        Map<String, String> credentials = new LinkedHashMap<>(query);
        request.getHeader("Authorization")
                .map(header -> header.value())
                .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, "Bearer ".length()))
                .ifPresent(value -> credentials.putIfAbsent(
                        "token", value.substring("Bearer ".length()).trim()));
        return credentials;
    }

    private interface Asking {
        CompletionStage<Reply> ask(HlsStream stream);
    }

    /** @param begins whether somebody begins to watch, who is of no use to a stream that is over */
    private CompletionStage<Reply> with(HlsRequest asked, HttpRequest request, boolean begins, Asking asking) {
        HlsStream.Place key = place(asked);
        HlsStream there = streams.get(key);
        if (there != null && !(begins && there.isOver())) {
            return asking.ask(there);
        }
        if (closed) {
            return done(new Reply.Refused(503, "the node shuts down"));
        }
        if (isFull()) {
            counters.increment(Metric.HLS_STREAMS_REFUSED);
            return done(new Reply.Refused(503, "this node has no room for another stream"));
        }
        InetAddress address =
                remote(request).map(InetSocketAddress::getAddress).orElseGet(InetAddress::getLoopbackAddress);
        if (!connecting.enter(address)) {
            counters.increment(Metric.HLS_CONNECTING_REFUSED);
            return done(new Reply.Refused(503, "this node looks for too many other streams already"));
        }
        HlsStream made = new HlsStream(key, context, loops.get(), () -> connecting.leave(address));
        HlsStream before = there == null ? streams.putIfAbsent(key, made) : replace(key, there, made);
        if (before != null) {
            connecting.leave(address);
            return asking.ask(before);
        }
        made.start();
        if (closed) {
            made.shutDown();
        }
        return asking.ask(made);
    }

    private static HlsStream.Place place(HlsRequest asked) {
        return new HlsStream.Place(asked.key(), asked.container());
    }

    /** Whether somebody who begins to watch is served by what is there. */
    private boolean isPackaged(HlsRequest asked) {
        HlsStream there = streams.get(place(asked));
        return there != null && !there.isOver();
    }

    /** Whether there is no room for another stream. */
    private boolean isFull() {
        return context.live().get() >= settings.maxStreams() || context.bytes().get() > settings.maxBytes();
    }

    private @Nullable HlsStream replace(HlsStream.Place key, HlsStream over, HlsStream made) {
        if (streams.replace(key, over, made)) {
            over.shutDown();
            return null;
        }
        return streams.putIfAbsent(key, made);
    }

    private static CompletionStage<Reply> done(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }

    /** Ends every stream; who waits is told so. */
    @Override
    public void close() {
        closed = true;
        streams.values().forEach(HlsStream::shutDown);
    }
}
