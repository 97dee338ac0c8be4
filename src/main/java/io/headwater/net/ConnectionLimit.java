package io.headwater.net;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Counts connections, in all and by client address (see {@link AddressBlock}), and says when one is too many. Safe for threads. */
public final class ConnectionLimit {
    private final int most;
    private final int mostPerAddress;
    private final Predicate<InetAddress> trusted;
    private final AtomicInteger all = new AtomicInteger();
    /** Has an entry only for addresses with a connection, so never more than {@link #most}. */
    private final ConcurrentMap<AddressBlock, Integer> byAddress = new ConcurrentHashMap<>();

    public ConnectionLimit(int most, int mostPerAddress) {
        this(most, mostPerAddress, address -> false);
    }

    /** @param trusted addresses that only the limit in all is for */
    public ConnectionLimit(int most, int mostPerAddress, Predicate<InetAddress> trusted) {
        this.trusted = trusted;
        this.most = most;
        this.mostPerAddress = mostPerAddress;
    }

    /** Takes a place; if that succeeds, {@link #leave} gives it back. */
    public boolean enter(InetAddress address) {
        if (all.incrementAndGet() > most) {
            all.decrementAndGet();
            return false;
        }
        int here = byAddress.merge(AddressBlock.of(address), 1, Integer::sum);
        if (here > mostPerAddress && !trusted.test(address)) {
            leave(address);
            return false;
        }
        return true;
    }

    public void leave(InetAddress address) {
        byAddress.computeIfPresent(AddressBlock.of(address), (key, count) -> count == 1 ? null : count - 1);
        all.decrementAndGet();
    }

    public int open() {
        return all.get();
    }

    public int addresses() {
        return byAddress.size();
    }
}
