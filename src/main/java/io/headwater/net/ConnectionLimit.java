package io.headwater.net;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts connections, in all and by client address (see {@link AddressBlock}), and says when one is too many. Safe for threads. */
public final class ConnectionLimit {
    private final int most;
    private final int mostPerAddress;
    private final AtomicInteger all = new AtomicInteger();
    /** Has an entry only for addresses with a connection, so never more than {@link #most}. */
    private final ConcurrentMap<AddressBlock, Integer> byAddress = new ConcurrentHashMap<>();

    public ConnectionLimit(int most, int mostPerAddress) {
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
        if (here > mostPerAddress) {
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
