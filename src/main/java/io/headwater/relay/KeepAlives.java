package io.headwater.relay;

import io.headwater.codec.relay.RelayMessage.Echo;
import io.headwater.codec.relay.RelayMessage.KeepAlive;
import java.time.Duration;
import java.util.Optional;

/**
 * When one side of a link says that it is alive, whether the other one still does, and how long an answer takes. Told
 * the time in nanoseconds of any clock that does not jump.
 */
final class KeepAlives {
    /** How often a side asks for an echo, however busy the link is. */
    private static final long ASK_NS = Duration.ofSeconds(1).toNanos();

    private final long quietNs;
    private final long silentNs;
    private long sentNs;
    private long receivedNs;
    private long askedNs;
    private long token;
    private long echo;

    /**
     * @param quietAfter say something after that long without
     * @param silentAfter the peer is given up after that long without hearing it
     */
    KeepAlives(Duration quietAfter, Duration silentAfter, long nowNs) {
        this.quietNs = quietAfter.toNanos();
        this.silentNs = silentAfter.toNanos();
        this.sentNs = nowNs;
        this.receivedNs = nowNs;
        this.askedNs = nowNs - ASK_NS; // the first one asks
    }

    void sent(long nowNs) {
        sentNs = nowNs;
    }

    void received(long nowNs) {
        receivedNs = nowNs;
    }

    boolean silent(long nowNs) {
        return nowNs - receivedNs >= silentNs;
    }

    /** What to send now, if anything. */
    Optional<KeepAlive> due(long nowNs) {
        boolean ask = nowNs - askedNs >= ASK_NS;
        if (!ask && nowNs - sentNs < quietNs) {
            return Optional.empty();
        }
        if (ask) {
            askedNs = nowNs;
            token++;
        }
        sentNs = nowNs;
        return Optional.of(new KeepAlive(ask ? token : 0));
    }

    /** How long nothing can be due if nothing happens meanwhile; at least a millisecond. */
    long nextNs(long nowNs) {
        long next = Math.min(sentNs + quietNs - nowNs, askedNs + ASK_NS - nowNs);
        return Math.max(1_000_000, Math.min(next, receivedNs + silentNs - nowNs));
    }

    /** The peer sent {@code keepAlive}; only the last one that asked is answered, however many there were. */
    void asked(KeepAlive keepAlive) {
        if (keepAlive.token() != 0) {
            echo = keepAlive.token();
        }
    }

    /** The answer that is due, once. */
    Optional<Echo> answer() {
        long due = echo;
        echo = 0;
        return due == 0 ? Optional.empty() : Optional.of(new Echo(due));
    }

    /** The round trip in microseconds if {@code answer} is to the last question, else -1. */
    long roundTripUs(Echo answer, long nowNs) {
        return answer.token() == token ? (nowNs - askedNs) / 1000 : -1;
    }
}
