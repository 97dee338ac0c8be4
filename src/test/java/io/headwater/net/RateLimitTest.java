package io.headwater.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private final AtomicLong now = new AtomicLong();

    @Test
    void anAddressHasABurstAndThenItsRate() throws Exception {
        RateLimit limit = new RateLimit(2, 3, 100, now::get);
        InetAddress one = InetAddress.getByName("192.0.2.1");
        for (int i = 0; i < 3; i++) {
            assertTrue(limit.take(one), "burst " + i);
        }
        assertFalse(limit.take(one));
        assertTrue(limit.take(InetAddress.getByName("192.0.2.2")), "another address");
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(500));
        assertTrue(limit.allows(one));
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
        RateLimit limit = new RateLimit(1, 1, 100, now::get);
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
        RateLimit limit = new RateLimit(1, 1, 100, now::get);
        for (int i = 0; i < 1000; i++) {
            limit.take(InetAddress.getByAddress(new byte[] {10, 0, (byte) (i >> 8), (byte) i}));
        }
        assertEquals(100, limit.addresses());
    }
}
