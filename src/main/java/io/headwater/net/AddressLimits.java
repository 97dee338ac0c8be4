package io.headwater.net;

import java.net.InetAddress;
import java.util.List;

/**
 * What one client address, and all of them together, may take of this node over all its listeners: so many requests a
 * second. Addresses of trusted networks may take what all together may. See {@code headwater.limits}. Safe for threads.
 */
public final class AddressLimits {
    private static final InetAddress EVERYBODY = InetAddress.getLoopbackAddress();

    private final List<Cidr> trusted;
    private final RateLimit requests;
    private final RateLimit inAll;
    private final Counters counters;

    /**
     * @param trusted networks that no limit by address is for
     * @param perSecond requests a second, 0 for no limit
     * @param atOnce how many may come at once after a quiet time
     * @param inAll requests a second of all addresses together, and so many at once after a quiet time; 0 for no limit
     * @param mostAddresses how many addresses are remembered; beyond it the one that was seen longest ago starts anew
     */
    public AddressLimits(
            List<Cidr> trusted, double perSecond, int atOnce, double inAll, int mostAddresses, Counters counters) {
        this.trusted = List.copyOf(trusted);
        this.requests = new RateLimit(
                perSecond,
                atOnce,
                mostAddresses,
                System::nanoTime,
                () -> counters.increment(Metric.LIMITS_ADDRESSES_FORGOTTEN));
        this.inAll = new RateLimit(inAll, inAll);
        this.counters = counters;
    }

    /** No limit for anybody. */
    public static AddressLimits none(Counters counters) {
        return new AddressLimits(List.of(), 0, 1, 0, 1, counters);
    }

    public boolean trusts(InetAddress address) {
        return trusted.stream().anyMatch(network -> network.contains(address));
    }

    /** Whether one more request of that address is within its limit and that of all. One that is not is counted. */
    public boolean admits(InetAddress address) {
        // one address beyond its own limit takes nothing of what the others have
        if (!trusts(address) && !requests.take(address)) {
            counters.increment(Metric.LIMITS_REQUESTS_REFUSED);
            return false;
        }
        if (!inAll.take(EVERYBODY)) {
            counters.increment(Metric.LIMITS_REQUESTS_REFUSED_IN_ALL);
            return false;
        }
        return true;
    }
}
