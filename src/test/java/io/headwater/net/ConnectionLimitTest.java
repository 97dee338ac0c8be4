package io.headwater.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class ConnectionLimitTest {
    private final ConnectionLimit limit = new ConnectionLimit(3, 2);

    @Test
    void oneAddressGetsItsShareAndAllGetTheirs() throws UnknownHostException {
        assertTrue(limit.enter(address(1)));
        assertTrue(limit.enter(address(1)));
        assertFalse(limit.enter(address(1)));
        assertTrue(limit.enter(address(2)));
        assertFalse(limit.enter(address(3)));
        assertEquals(3, limit.open());
    }

    @Test
    void aPlaceGivenBackIsFreeAndNothingIsRememberedOfTheAddress() throws UnknownHostException {
        limit.enter(address(1));
        limit.enter(address(1));
        limit.enter(address(1));
        limit.leave(address(1));
        assertTrue(limit.enter(address(1)));
        limit.leave(address(1));
        limit.leave(address(1));
        assertEquals(0, limit.open());
        assertEquals(0, limit.addresses());
    }

    private static InetAddress address(int last) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
    }
}
