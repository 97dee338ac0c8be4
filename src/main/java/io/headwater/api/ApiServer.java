package io.headwater.api;

import io.headwater.net.AddressLimits;
import io.headwater.net.Counters;
import io.headwater.net.Tls;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.http.javadsl.ConnectionContext;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.Host;
import org.apache.pekko.http.javadsl.model.headers.ProductVersion;
import org.apache.pekko.http.javadsl.model.headers.Server;
import org.apache.pekko.http.javadsl.settings.ParserSettings;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.io.Inet;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.jspecify.annotations.Nullable;
import scala.concurrent.duration.FiniteDuration;

/** The REST server of one node, and its pages. Its table of routes is in {@link #start}. */
public final class ApiServer {
    private final ServerBinding binding;
    private final List<Route> routes;
    private final Serving serving;
    private volatile @Nullable ServerBinding withTls;
    private final Counters counters;

    /** What another listener serves too. */
    private record Serving(
            ActorSystem<?> system, ApiSettings settings, AddressLimits limits, Requests requests, Counters counters) {

        CompletionStage<HttpResponse> answer(HttpRequest request, HttpConnections connections) {
            connections.asks(request);
            boolean admitted = request.getAttribute(AttributeKeys.remoteAddress)
                    .flatMap(remote -> remote.getAddress())
                    .map(limits::admits)
                    .orElse(true);
            if (!admitted) {
                request.discardEntityBytes(system);
            }
            return (admitted ? requests.handle(request) : CompletableFuture.completedFuture(Dispatcher.tooOften()))
                    .thenApply(response -> connections.answered(request, response));
        }

        /** Keeps an eye on the connections of a listener as long as it listens. */
        HttpConnections connections(boolean plain) {
            return new HttpConnections(settings, limits, plain, counters);
        }

        ServerBinding watched(ServerBinding binding, HttpConnections connections) {
            Cancellable looking = system.scheduler()
                    .scheduleWithFixedDelay(
                            connections.pace(), connections.pace(), connections::look, system.executionContext());
            binding.whenTerminated().whenComplete((ended, failed) -> looking.cancel());
            return binding;
        }
    }

    private ApiServer(ServerBinding binding, List<Route> routes, Serving serving, Counters counters) {
        this.binding = binding;
        this.routes = List.copyOf(routes);
        this.serving = serving;
        this.counters = counters;
    }

    /** REST alone. */
    static CompletionStage<ApiServer> start(
            ActorSystem<?> system,
            ApiSettings settings,
            LocalNode node,
            ClusterQueries cluster,
            BroadcastStore broadcasts,
            ClusterControl actions,
            GroupControl control,
            DrainControl drain,
            Operations operations,
            TokenControl tokens,
            Counters counters) {
        return start(
                system,
                settings,
                AddressLimits.none(counters),
                node,
                cluster,
                broadcasts,
                actions,
                control,
                drain,
                operations,
                tokens,
                List.of(),
                counters);
    }

    /**
     * Binds and serves. The stage fails if the port is taken.
     *
     * @param limits what one address may ask
     * @param mounts what is served beside REST, asked in this order
     */
    public static CompletionStage<ApiServer> start(
            ActorSystem<?> system,
            ApiSettings settings,
            AddressLimits limits,
            LocalNode node,
            ClusterQueries cluster,
            BroadcastStore broadcasts,
            ClusterControl actions,
            GroupControl control,
            DrainControl drain,
            Operations operations,
            TokenControl tokens,
            List<Mount> mounts,
            Counters counters) {
        List<Route> routes = new ArrayList<>();
        routes.addAll(new SettingsRoutes(node, control, cluster, actions, operations).routes());
        routes.addAll(new ClusterRoutes(cluster, actions).routes());
        routes.addAll(new NodeRoutes(node, cluster, drain, counters).routes());
        routes.addAll(new TokenRoutes(tokens, System::currentTimeMillis).routes());
        routes.addAll(new EndpointRoutes(cluster, broadcasts).routes());
        routes.addAll(new StatisticsRoutes(cluster, broadcasts).routes());
        routes.addAll(new BroadcastRoutes(cluster, broadcasts, actions).routes());
        routes.addAll(new ViewerRoutes(cluster, actions).routes());
        routes.addAll(new TopologyRoutes(cluster).routes());
        routes.addAll(new BackupRoutes(broadcasts).routes());
        routes.addAll(new OperationsRoutes(operations).routes());
        routes.addAll(new ConsoleRoutes(ConsoleRoutes.sampler(system, cluster), node, settings.maxConsoles(), counters)
                .routes());
        Map<String, Object> description = new LinkedHashMap<>();
        routes.add(Route.getNow(OpenApi.PATH, call -> Answer.ok(description))
                .saying("This description of the API, in OpenAPI 3.1"));
        description.putAll(OpenApi.of(routes, node.version()));

        Materializer materializer = SystemMaterializer.get(system).materializer();
        WebPages pages = new WebPages(node::ports, cluster::hosts);
        Dispatcher dispatcher = new Dispatcher(routes, mounts, settings, counters, materializer);
        Requests requests = new Requests(pages, dispatcher, operations);
        Serving serving = new Serving(system, settings, limits, requests, counters);
        HttpConnections connections = serving.connections(true);
        MalformedRequests.countIn(counters);
        return Http.get(system)
                .newServerAt(settings.bindHost(), settings.port())
                .withSettings(serverSettings(system, settings, connections))
                .bind((HttpRequest request) -> serving.answer(request, connections))
                .handle((binding, failed) -> {
                    if (binding == null) {
                        MalformedRequests.stopCountingIn(counters);
                        throw new CompletionException(
                                taken(settings.bindHost(), settings.port(), "headwater.http.port", failed));
                    }
                    return new ApiServer(serving.watched(binding, connections), routes, serving, counters);
                });
    }

    /**
     * Serves the same over HTTPS on another port, with HTTP/2 for who speaks it.
     *
     * @return what was bound
     */
    public CompletionStage<Integer> listen(int port, Tls tls) {
        HttpConnections connections = serving.connections(false);
        ServerSettings settings = serverSettings(serving.system, serving.settings, connections);
        String host = serving.settings.bindHost();
        return Http.get(serving.system)
                .newServerAt(host, port)
                .withSettings(settings.withEnableHttp2(true))
                .enableHttps(ConnectionContext.httpsServer(tls::serverEngine))
                .bind((HttpRequest request) -> serving.answer(request, connections))
                .handle((bound, failed) -> {
                    if (bound == null) {
                        throw new CompletionException(taken(host, port, "headwater.tls.https-port", failed));
                    }
                    withTls = serving.watched(bound, connections);
                    return bound.localAddress().getPort();
                });
    }

    private static BindException taken(String host, int port, String setting, Throwable cause) {
        BindException named = new BindException("cannot listen on " + host + ":" + port + " (" + setting
                + "): the address is already in use, or is none of this machine");
        named.initCause(cause);
        return named;
    }

    /** The port that was bound. */
    public int port() {
        InetSocketAddress address = binding.localAddress();
        return address.getPort();
    }

    List<Route> routes() {
        return routes;
    }

    /** Takes no new connections, and ends the others when their requests are answered or the time is over. */
    public CompletionStage<?> close(Duration atMost) {
        MalformedRequests.stopCountingIn(counters);
        ServerBinding other = withTls;
        return other == null
                ? binding.terminate(atMost)
                : other.terminate(atMost).thenCombine(binding.terminate(atMost), (one, two) -> two);
    }

    private static ServerSettings serverSettings(
            ActorSystem<?> system, ApiSettings settings, HttpConnections connections) {
        ServerSettings defaults = ServerSettings.create(Adapter.toClassic(system));
        ParserSettings parser = defaults.getParserSettings()
                .withMaxContentLength(settings.maxBodyBytes())
                .withErrorLoggingVerbosity(
                        org.apache.pekko.http.scaladsl.settings.ParserSettings.ErrorLoggingVerbosity$.MODULE$.apply(
                                "off"))
                .withIllegalHeaderWarnings(false);
        ServerSettings.Timeouts timeouts = defaults.getTimeouts()
                .withIdleTimeout(FiniteDuration.create(settings.idleTimeout().toMillis(), TimeUnit.MILLISECONDS));
        return defaults.withServerHeader(Optional.of(Server.create(ProductVersion.create("Headwater", ""))))
                // checks of load balancers speak HTTP/1.0 and name no host
                .withDefaultHostHeader(Host.create("127.0.0.1"))
                .withSocketOptions(options(defaults, connections))
                .withMaxConnections(settings.maxConnections())
                .withTimeouts(timeouts)
                .withRemoteAddressAttribute(true)
                .withTransparentHeadRequests(true)
                .withParsingErrorHandler(MalformedRequests.class.getName())
                .withParserSettings(parser);
    }

    private static List<Inet.SocketOption> options(ServerSettings defaults, HttpConnections connections) {
        List<Inet.SocketOption> options = new ArrayList<>();
        defaults.getSocketOptions().forEach(options::add);
        options.add(connections);
        return options;
    }
}
