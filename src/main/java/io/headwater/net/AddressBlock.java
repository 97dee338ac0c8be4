package io.headwater.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;

/**
 * Who an address counts for where something is limited by address: itself with IPv4, its /64 with IPv6, where one
 * subscriber has 2^64 addresses to come from.
 */
public final class AddressBlock {
    private static final int NETWORK = 8;

    private final byte[] bytes;

    private AddressBlock(byte[] bytes) {
        this.bytes = bytes;
    }

    public static AddressBlock of(InetAddress address) {
        byte[] all = address.getAddress();
        return new AddressBlock(address instanceof Inet6Address ? Arrays.copyOf(all, NETWORK) : all);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AddressBlock block && Arrays.equals(bytes, block.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
