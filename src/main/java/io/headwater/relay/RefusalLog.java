package io.headwater.relay;

import io.headwater.codec.relay.EndCode;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;

/** Says why links are refused: the same reason a thousand times within a while is one line and a number. */
final class RefusalLog {
    private static final long WINDOW_NS = Duration.ofSeconds(10).toNanos();

    private static final Set<EndCode> ORDINARY = EnumSet.of(
            EndCode.CLOSING, EndCode.LOOP, EndCode.NOT_HERE, EndCode.ENDED, EndCode.UNAVAILABLE, EndCode.STALE);

    private final Logger log;
    private final Map<EndCode, Said> said = new EnumMap<>(EndCode.class);

    private static final class Said {
        private long atNs;
        private long unsaid;
    }

    RefusalLog(Logger log) {
        this.log = log;
    }

    /** Reasons that are part of a cluster's everyday life are for the debug log. */
    synchronized void refused(String address, EndCode code, String text) {
        if (ORDINARY.contains(code)) {
            log.debug("relay refused {} ({}): {}", address, code, text);
            return;
        }
        long nowNs = System.nanoTime();
        Said last = said.get(code);
        if (last != null && nowNs - last.atNs < WINDOW_NS) {
            last.unsaid++;
            return;
        }
        long unsaid = last == null ? 0 : last.unsaid;
        Said now = new Said();
        now.atNs = nowNs;
        said.put(code, now);
        log.warn(
                "relay refused {} ({}): {}{}",
                address,
                code,
                text,
                unsaid == 0 ? "" : " (and " + unsaid + " more for that reason since)");
    }
}
