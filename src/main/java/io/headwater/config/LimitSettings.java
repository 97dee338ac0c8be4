package io.headwater.config;

import io.headwater.net.Cidr;
import java.util.List;
import java.util.Optional;

/**
 * What one client address, and all of them together, may take of the node; see {@code headwater.limits} in {@code reference.conf}.
 *
 * @param trusted networks that no limit by address is for
 * @param requestsPerSecond of one address, 0 for no limit
 * @param requestsAtOnce of one address after a quiet time
 * @param requestsPerSecondInAll of all addresses together, 0 for no limit
 * @param maxAddresses how many addresses are remembered
 */
public record LimitSettings(
        List<Cidr> trusted, int requestsPerSecond, int requestsAtOnce, int requestsPerSecondInAll, int maxAddresses) {
    private static final int MILLION = 1_000_000;

    public LimitSettings {
        trusted = List.copyOf(trusted);
    }

    static LimitSettings read(Values limits) {
        return new LimitSettings(
                limits
                        .list(
                                "trusted",
                                text -> Cidr.parse(text).isPresent(),
                                "a network such as 10.0.0.0/8, or an address")
                        .stream()
                        .map(Cidr::parse)
                        .flatMap(Optional::stream)
                        .toList(),
                limits.integer("requests-per-second", 0, MILLION),
                limits.integer("requests-at-once", 1, MILLION),
                limits.integer("requests-per-second-in-all", 0, MILLION),
                limits.integer("max-addresses", 100, MILLION));
    }
}
