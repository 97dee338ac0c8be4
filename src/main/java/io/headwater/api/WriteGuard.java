package io.headwater.api;

import io.headwater.net.Cidr;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.net.RateLimit;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.Uri;

/**
 * Decides who may call: who has an administrator's token, and callers of the configured networks, seen through proxies
 * too. A token that is wrong is refused wherever it comes from.
 */
final class WriteGuard {
    /** Without a token also where reading is protected: load balancers have none. */
    private static final Set<String> HEALTH = Set.of("/rest/v2/liveness", "/rest/v2/readiness");

    private static final String BEARER = "bearer ";
    private static final double WRONG_PER_SECOND = 0.2;
    private static final double WRONG_AT_ONCE = 10;

    private final List<Cidr> from;
    private final boolean reads;
    private final AdminTokens tokens;
    private final OwnNames names;
    private final Counters counters;
    private final RateLimit guesses = new RateLimit(WRONG_PER_SECOND, WRONG_AT_ONCE);

    WriteGuard(Protection protection, Counters counters) {
        this.from = protection.writeFrom();
        this.reads = protection.reads();
        this.tokens = new AdminTokens(protection);
        this.names = new OwnNames(protection.names());
        this.counters = counters;
    }

    /**
     * Empty if the caller may, else what it is answered.
     *
     * @param changes whether the call changes something, or hands out what is secret
     */
    Optional<Answer> refusal(HttpRequest request, boolean changes) {
        if (!changes && (!reads || isHealth(request))) {
            return Optional.empty();
        }
        Optional<InetAddress> address =
                request.getAttribute(AttributeKeys.remoteAddress).flatMap(remote -> remote.getAddress());
        if (address.isEmpty()) {
            return forbidden("the caller's address is not known");
        }
        Optional<String> token = token(request);
        if (token.isPresent()) {
            return withToken(token.get(), address.get());
        }
        Optional<String> reason = withoutToken(request, address.get(), changes);
        if (reason.isEmpty()) {
            return Optional.empty();
        }
        if (tokens.any()) {
            counters.increment(Metric.API_UNAUTHORIZED);
            return Optional.of(Answer.refused(401, reason.get() + "; expected Authorization: Bearer TOKEN"));
        }
        return forbidden(reason.get());
    }

    /**
     * Whether an answer is for everybody who may reach this node, so that any page may be told it too. What was got with a
     * token is for who has the token.
     */
    boolean isOpen(HttpRequest request, boolean changes) {
        return !changes && (!reads || isHealth(request) || token(request).isPresent());
    }

    /** Whether the token a caller was let in with is still one; true for who needed none. */
    BooleanSupplier stillMay(HttpRequest request) {
        return reads
                ? token(request)
                        .<BooleanSupplier>map(one -> () -> tokens.knows(one))
                        .orElse(() -> true)
                : () -> true;
    }

    private static boolean isHealth(HttpRequest request) {
        return HEALTH.contains(request.getUri().path());
    }

    /** The right token is taken at any time: who guesses behind the same proxy must not lock it out. */
    private Optional<Answer> withToken(String token, InetAddress address) {
        if (tokens.knows(token)) {
            return Optional.empty();
        }
        counters.increment(Metric.API_UNAUTHORIZED);
        return Optional.of(
                guesses.take(address)
                        ? Answer.refused(401, "the token is not one of an administrator of this node")
                        : Answer.refused(429, "too many wrong tokens from this address, try again later"));
    }

    private Optional<Answer> forbidden(String reason) {
        counters.increment(Metric.API_FORBIDDEN);
        return Optional.of(Answer.refused(403, reason));
    }

    private Optional<String> withoutToken(HttpRequest request, InetAddress address, boolean changes) {
        if (!allowed(address)) {
            return Optional.of(refused(address.getHostAddress(), changes));
        }
        for (String behind : forwardedFor(request)) {
            Optional<Cidr> one = Cidr.parse(behind);
            if (one.isEmpty() || from.stream().noneMatch(network -> network.containsAll(one.get()))) {
                return Optional.of(refused(Call.printable(behind) + " (behind a proxy)", changes));
            }
        }
        if (request.getHeader("Origin").filter(origin -> !isOwn(origin)).isPresent()) {
            return Optional.of("a page with a host name calls, which its owner may point at this machine");
        }
        // what is no name of ours may be a page's own: a browser says no Origin when a page calls its server
        String host = host(request);
        return host.isEmpty() || names.has(host)
                ? Optional.empty()
                : Optional.of("the call is for " + Call.printable(host)
                        + ", which is no name of this node (headwater.http.host-names)");
    }

    private boolean isOwn(HttpHeader origin) {
        return names.has(origin.value().replaceFirst("(?i)^https?://", ""));
    }

    /** What the caller calls this node; with HTTP/2 it is in the address. Empty if it does not say. */
    static String host(HttpRequest request) {
        return request.getHeader("Host").map(HttpHeader::value).orElseGet(() -> authority(request.getUri()));
    }

    /** As a browser writes it, which leaves out the port of HTTPS; HTTP/2 is spoken over that alone. */
    private static String authority(Uri uri) {
        String address = uri.getHost().address();
        String host = address.indexOf(':') < 0 ? address : "[" + address + "]";
        return uri.getPort() <= 0 || uri.getPort() == 443 ? host : host + ":" + uri.getPort();
    }

    private static Optional<String> token(HttpRequest request) {
        for (String name : List.of("Authorization", "ProxyAuthorization")) {
            Optional<String> value = request.getHeader(name).map(HttpHeader::value);
            if (value.isPresent()) {
                String text = value.get();
                boolean bearer = text.toLowerCase(Locale.ROOT).startsWith(BEARER);
                return Optional.of(bearer ? text.substring(BEARER.length()).strip() : text);
            }
        }
        return Optional.empty();
    }

    private boolean allowed(InetAddress address) {
        return from.stream().anyMatch(network -> network.contains(address));
    }

    private String refused(String caller, boolean changes) {
        String calls = changes
                ? "calls that change something or tell what is secret"
                : "calls that read, with headwater.http.protect-reads,";
        return calls + " are taken from " + from + " only (headwater.http.write-from), not from " + caller;
    }

    /** The callers a proxy names. {@code Forwarded} has a syntax of its own and is not worth trusting: it refuses. */
    private static List<String> forwardedFor(HttpRequest request) {
        List<String> callers = new ArrayList<>();
        for (HttpHeader header : request.getHeaders()) {
            if (header.is("x-forwarded-for") || header.is("x-real-ip") || header.is("forwarded")) {
                for (String part : header.value().split(",", -1)) {
                    callers.add(part.strip());
                }
            }
        }
        return callers;
    }
}
