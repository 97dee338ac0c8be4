package io.headwater.gateway.hls;

import io.headwater.net.Counters;
import io.headwater.stream.Streams;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/**
 * What all streams of a node share.
 *
 * @param answering gives the answers that were waited for
 * @param live streams that count against the most that may be packaged
 * @param blocked requests that wait now
 * @param bytes what all windows take
 * @param sessions who watches
 * @param forget takes a stream out of the node's map
 */
record HlsContext(
        HlsSettings settings,
        Streams streams,
        Counters counters,
        Executor answering,
        AtomicInteger live,
        AtomicInteger blocked,
        AtomicLong bytes,
        HlsSessions sessions,
        BiConsumer<HlsStream.Place, HlsStream> forget) {}
