package io.headwater.api;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/** Decides who may change something: callers of the configured networks, seen through proxies too. */
final class WriteGuard {
    private final List<Cidr> from;

    WriteGuard(List<Cidr> from) {
        this.from = from;
    }

    /** Empty if the caller may, else the reason for the caller. */
    Optional<String> refusal(HttpRequest request) {
        Optional<InetAddress> address =
                request.getAttribute(AttributeKeys.remoteAddress).flatMap(remote -> remote.getAddress());
        if (address.isEmpty()) {
            return Optional.of("the caller's address is not known");
        }
        if (!allowed(address.get())) {
            return Optional.of(refused(address.get().getHostAddress()));
        }
        for (String behind : forwardedFor(request)) {
            Optional<Cidr> one = Cidr.parse(behind);
            if (one.isEmpty() || from.stream().noneMatch(network -> network.containsAll(one.get()))) {
                return Optional.of(refused(Call.printable(behind) + " (behind a proxy)"));
            }
        }
        return Optional.empty();
    }

    private boolean allowed(InetAddress address) {
        return from.stream().anyMatch(network -> network.contains(address));
    }

    private String refused(String caller) {
        return "calls that change something are taken from " + from + " only (headwater.http.write-from), not from "
                + caller;
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
