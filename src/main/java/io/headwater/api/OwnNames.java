package io.headwater.api;

import io.headwater.net.Cidr;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The names a caller may know this node by: addresses, localhost, this machine's name, and what is configured. The owner of
 * any other name may point it at this machine and have a browser call here in the name of his pages (DNS rebinding).
 */
final class OwnNames {
    private final Set<String> names = new HashSet<>(Set.of("localhost"));

    OwnNames(Collection<String> more) {
        more.forEach(this::add);
        try {
            String machine = InetAddress.getLocalHost().getHostName();
            add(machine);
            add(machine.replaceFirst("\\..*", ""));
        } catch (UnknownHostException unresolved) {
            // a name that does not lead here is one that nobody calls
        }
    }

    private void add(String name) {
        names.add(name.toLowerCase(Locale.ROOT));
    }

    /** @param host a name or an address as it is in a URL, with or without a port */
    boolean has(String host) {
        String name = host.toLowerCase(Locale.ROOT)
                .replaceFirst(":[0-9]*$", "")
                .replaceFirst("\\.$", "")
                .replaceAll("[\\[\\]]", "");
        return names.contains(name)
                || name.endsWith(".localhost")
                || Cidr.parse(name).isPresent();
    }
}
