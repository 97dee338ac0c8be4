package io.headwater.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** A network, as {@code 127.0.0.0/8} or {@code ::1/128}; an address alone is a network of one. */
public final class Cidr {
    private static final Pattern V4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private final String text;
    private final byte[] network;
    private final int bits;

    private Cidr(String text, byte[] network, int bits) {
        this.text = text;
        this.network = network;
        this.bits = bits;
    }

    /** Reads a network; nothing if the text is none. Names are not looked up. */
    public static Optional<Cidr> parse(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        if (!V4.matcher(host).matches() && !V6.matcher(host).matches()) {
            return Optional.empty();
        }
        try {
            byte[] address = InetAddress.getByName(host).getAddress();
            int bits = slash < 0 ? address.length * 8 : Integer.parseInt(text.substring(slash + 1));
            return bits < 0 || bits > address.length * 8
                    ? Optional.empty()
                    : Optional.of(new Cidr(text, address, bits));
        } catch (UnknownHostException | NumberFormatException malformed) {
            return Optional.empty();
        }
    }

    /** Whether the address is in this network. An IPv4 address inside IPv6 counts as the IPv4 address it is. */
    public boolean contains(InetAddress address) {
        byte[] other = address.getAddress();
        if (other.length != network.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((other[bit / 8] & mask) != (network[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    /** Whether every address of the other network is in this one. */
    public boolean containsAll(Cidr other) {
        try {
            return other.bits >= bits && contains(InetAddress.getByAddress(other.network));
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("an address of a wrong length", impossible);
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
