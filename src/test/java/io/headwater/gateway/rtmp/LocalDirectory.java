package io.headwater.gateway.rtmp;

import io.headwater.media.StreamKey;
import io.headwater.stream.Directory;
import io.headwater.topology.Feed;
import io.headwater.topology.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The directory of a cluster of one, without its grace: the newest publisher has the stream, and its end is the end. */
final class LocalDirectory implements Directory {
    private final Map<StreamKey, Long> epochs = new HashMap<>();
    private final Map<StreamKey, List<CompletableFuture<Feed>>> parked = new HashMap<>();
    private Listener listener;
    private long newest;

    @Override
    public synchronized void listen(Listener told) {
        listener = told;
    }

    @Override
    public synchronized CompletionStage<Grant> publish(StreamKey key, OnConflict onConflict, long graceMs) {
        if (onConflict == OnConflict.REJECT && epochs.containsKey(key)) {
            return CompletableFuture.completedFuture(new Grant.Taken(new NodeId("here")));
        }
        long epoch = ++newest;
        Long before = epochs.put(key, epoch);
        if (before != null) {
            listener.onSuperseded(key, before, epoch);
        }
        parked.getOrDefault(key, new ArrayList<>()).forEach(play -> play.complete(new Feed.Publisher(epoch)));
        parked.remove(key);
        return CompletableFuture.completedFuture(new Grant.Granted(epoch));
    }

    @Override
    public CompletionStage<Grant> promote(StreamKey key, long lostEpoch, long graceMs) {
        return publish(key, OnConflict.REJECT, graceMs);
    }

    @Override
    public synchronized void unpublish(StreamKey key, long epoch, Departure departure) {
        if (epochs.remove(key, epoch)) {
            listener.onFeed(key, new Feed.Nothing(Feed.Reason.ENDED));
        }
    }

    @Override
    public synchronized CompletionStage<Feed> play(StreamKey key, long parkMs) {
        Long epoch = epochs.get(key);
        if (epoch != null) {
            return CompletableFuture.completedFuture(new Feed.Publisher(epoch));
        }
        CompletableFuture<Feed> play = new CompletableFuture<>();
        parked.computeIfAbsent(key, unknown -> new ArrayList<>()).add(play);
        return play.completeOnTimeout(new Feed.Nothing(Feed.Reason.NOT_PUBLISHED), parkMs, TimeUnit.MILLISECONDS);
    }

    @Override
    public void released(StreamKey key) {}

    @Override
    public void lost(StreamKey key, long epoch, NodeId peer) {}
}
