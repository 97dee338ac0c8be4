package io.headwater.net;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * So many a second from one address, and at once after a quiet time so many as fit into {@code burst} seconds. Remembers
 * a bounded number of addresses, the latest: one that was forgotten starts anew. Safe for threads.
 */
public final class RateLimit {
    private static final int MOST_ADDRESSES = 10_000;

    private final double perNano;
    private final double burst;
    private final LongSupplier nanoClock;
    private final Map<AddressBlock, Bucket> buckets;

    private static final class Bucket {
        double left;
        long atNanos;
    }

    /** @param perSecond 0 for no limit */
    public RateLimit(double perSecond, double burst) {
        this(perSecond, burst, MOST_ADDRESSES, System::nanoTime, () -> {});
    }

    /** @param forgotten told of each address that was forgotten to make room */
    RateLimit(double perSecond, double burst, int mostAddresses, LongSupplier nanoClock, Runnable forgotten) {
        this.perNano = perSecond / 1e9;
        this.burst = Math.max(1, burst);
        this.nanoClock = nanoClock;
        this.buckets = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<AddressBlock, Bucket> eldest) {
                if (size() <= mostAddresses) {
                    return false;
                }
                forgotten.run();
                return true;
            }
        };
    }

    /** Whether one more is within the limit; if so it is taken. */
    public boolean take(InetAddress address) {
        return perNano == 0 || take(AddressBlock.of(address));
    }

    private synchronized boolean take(AddressBlock block) {
        long now = nanoClock.getAsLong();
        Bucket bucket = buckets.computeIfAbsent(block, added -> {
            Bucket full = new Bucket();
            full.left = burst;
            full.atNanos = now;
            return full;
        });
        bucket.left = Math.min(burst, bucket.left + (now - bucket.atNanos) * perNano);
        bucket.atNanos = now;
        if (bucket.left < 1) {
            return false;
        }
        bucket.left--;
        return true;
    }

    /** How many addresses are remembered. */
    public synchronized int addresses() {
        return buckets.size();
    }
}
