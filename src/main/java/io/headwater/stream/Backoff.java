package io.headwater.stream;

import java.util.random.RandomGenerator;

/**
 * How long to wait before trying again: doubles with every failure, with half of it random so that many nodes do not
 * come back at the same moment.
 */
record Backoff(long firstMs, long mostMs) {
    long after(int failures, RandomGenerator random) {
        long full = Math.min(mostMs, firstMs << Math.min(20, Math.max(0, failures - 1)));
        return full / 2 + random.nextLong(full / 2 + 1);
    }
}
