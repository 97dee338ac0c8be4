package io.headwater.stream;

import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.LogLimit;
import io.headwater.net.Metric;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest events of each stream on this node, those of streams that ended included, and a line in the log for each.
 * Bounded: when it is full the stream is forgotten that was quiet for the longest time.
 */
public final class EventLog implements StreamEvents {
    /** What is kept of one stream. */
    public static final int PER_STREAM = 100;

    private static final Logger LOG = LoggerFactory.getLogger("io.headwater.events");
    private static final int MAX_EVENTS = 50_000;
    private static final int LINES_PER_PERIOD = 500;
    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final Counters counters;
    private final LongSupplier clockMs;
    private final int maxEvents;
    private final LogLimit lines = new LogLimit(LINES_PER_PERIOD, PERIOD);
    /** Quiet for the longest time first. */
    private final Map<StreamKey, Deque<StreamEvent>> streams = new LinkedHashMap<>();

    private int events;

    public EventLog(Counters counters) {
        this(counters, System::currentTimeMillis, MAX_EVENTS);
    }

    EventLog(Counters counters, LongSupplier clockMs, int maxEvents) {
        this.counters = counters;
        this.clockMs = clockMs;
        this.maxEvents = maxEvents;
    }

    @Override
    public void record(StreamKey key, StreamEvent event) {
        StreamEvent stamped = event.at(clockMs.getAsLong());
        keep(key, stamped);
        counters.increment(Metric.EVENTS_RECORDED);
        lines.log(line -> LOG.atInfo().addKeyValue("stream", key).log(line), key + ": " + stamped);
    }

    private synchronized void keep(StreamKey key, StreamEvent event) {
        Deque<StreamEvent> kept = streams.remove(key);
        Deque<StreamEvent> of = kept == null ? new ArrayDeque<>() : kept;
        streams.put(key, of);
        of.addLast(event);
        events++;
        if (of.size() > PER_STREAM) {
            of.removeFirst();
            events--;
        }
        Iterator<Deque<StreamEvent>> quietest = streams.values().iterator();
        while (events > maxEvents && streams.size() > 1) {
            events -= quietest.next().size();
            quietest.remove();
            counters.increment(Metric.EVENTS_STREAMS_FORGOTTEN);
        }
    }

    /** What is remembered of one stream, oldest first. */
    public synchronized List<StreamEvent> of(StreamKey key) {
        Deque<StreamEvent> kept = streams.get(key);
        return kept == null ? List.of() : List.copyOf(kept);
    }
}
