package io.headwater.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private final AtomicLong now = new AtomicLong();
    private final AtomicLong forgotten = new AtomicLong();

    @Test
    void anAddressHasABurstAndThenItsRate() throws Exception {
        RateLimit limit = new RateLimit(2, 3, 100, now::get, forgotten::incrementAndGet);
        InetAddress one = InetAddress.getByName("192.0.2.1");
        for (int i = 0; i < 3; i++) {
            assertTrue(limit.take(one), "burst " + i);
        }
        assertFalse(limit.take(one));
        assertTrue(limit.take(InetAddress.getByName("192.0.2.2")), "another address");
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(500));
        assertTrue(limit.take(one));
        assertFalse(limit.take(one));
        now.addAndGet(TimeUnit.HOURS.toNanos(1));
        for (int i = 0; i < 3; i++) {
            assertTrue(limit.take(one), "burst again " + i);
        }
        assertFalse(limit.take(one));
    }

    @Test
    void allAddressesOfAnIpv6SubscriberAreOne() throws Exception {
        RateLimit limit = new RateLimit(1, 1, 100, now::get, forgotten::incrementAndGet);
        assertTrue(limit.take(InetAddress.getByName("2001:db8:1:2::1")));
        assertFalse(limit.take(InetAddress.getByName("2001:db8:1:2:ffff::9")));
        assertTrue(limit.take(InetAddress.getByName("2001:db8:1:3::1")));
        assertEquals(2, limit.addresses());
        ConnectionLimit connections = new ConnectionLimit(10, 1);
        assertTrue(connections.enter(InetAddress.getByName("2001:db8:1:2::1")));
        assertFalse(connections.enter(InetAddress.getByName("2001:db8:1:2::2")));
    }

    @Test
    void soManyAddressesAreRememberedAndNoMore() throws Exception {
        RateLimit limit = new RateLimit(1, 1, 100, now::get, forgotten::incrementAndGet);
        for (int i = 0; i < 1000; i++) {
            limit.take(InetAddress.getByAddress(new byte[] {10, 0, (byte) (i >> 8), (byte) i}));
        }
        assertEquals(100, limit.addresses());
        assertEquals(900, forgotten.get());
    }

    @Test
    void allAddressesTogetherHaveALimitThatTrustedOnesShare() throws Exception {
        Counters counters = new Counters();
        AddressLimits limits =
                new AddressLimits(List.of(Cidr.parse("198.51.100.0/24").orElseThrow()), 0.001, 1, 0.001, 100, counters);
        assertTrue(limits.admits(InetAddress.getByName("192.0.2.1")));
        assertFalse(limits.admits(InetAddress.getByName("192.0.2.2")));
        assertFalse(limits.admits(InetAddress.getByName("198.51.100.7")), "a trusted one");
        assertEquals(2, counters.get(Metric.LIMITS_REQUESTS_REFUSED_IN_ALL));
        assertFalse(limits.admits(InetAddress.getByName("192.0.2.1")));
        assertEquals(1, counters.get(Metric.LIMITS_REQUESTS_REFUSED), "beyond its own limit");
        AddressLimits three = new AddressLimits(List.of(), 0, 1, 3, 100, counters);
        for (int i = 0; i < 4; i++) {
            assertEquals(i < 3, three.admits(InetAddress.getByName("192.0.2." + i)), "request " + i);
        }
    }

    @Test
    void trustedNetworksHaveNoLimitByAddress() throws Exception {
        Counters counters = new Counters();
        AddressLimits limits =
                new AddressLimits(List.of(Cidr.parse("198.51.100.0/24").orElseThrow()), 0.001, 2, 0, 1, counters);
        InetAddress stranger = InetAddress.getByName("192.0.2.1");
        InetAddress known = InetAddress.getByName("198.51.100.7");
        ConnectionLimit connections = new ConnectionLimit(3, 1, limits::trusts);
        for (int i = 0; i < 5; i++) {
            assertEquals(i < 2, limits.admits(stranger), "request " + i);
            assertTrue(limits.admits(known));
        }
        assertEquals(3, counters.get(Metric.LIMITS_REQUESTS_REFUSED));
        assertTrue(connections.enter(stranger));
        assertFalse(connections.enter(stranger));
        assertTrue(connections.enter(known));
        assertTrue(connections.enter(known));
        assertFalse(connections.enter(known), "in all");
        connections.leave(known);
        connections.leave(known);
        connections.leave(stranger);
        assertEquals(0, connections.open());
        assertEquals(0, connections.addresses());
        assertTrue(limits.admits(InetAddress.getByName("192.0.2.2")));
        assertEquals(1, counters.get(Metric.LIMITS_ADDRESSES_FORGOTTEN));
    }
}
