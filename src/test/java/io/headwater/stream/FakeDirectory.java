package io.headwater.stream;

import io.headwater.media.StreamKey;
import io.headwater.topology.Feed;
import io.headwater.topology.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A directory whose answers the test gives. Every call is a line in {@link #calls}. */
final class FakeDirectory implements Directory {
    final List<String> calls = new ArrayList<>();
    final List<CompletableFuture<Feed>> plays = new ArrayList<>();
    final List<CompletableFuture<Grant>> publishes = new ArrayList<>();
    Listener listener;

    /** The newest question, answered. */
    void answer(Feed feed) {
        plays.get(plays.size() - 1).complete(feed);
    }

    void grant(long epoch) {
        publishes.get(publishes.size() - 1).complete(new Grant.Granted(epoch));
    }

    @Override
    public CompletionStage<Grant> publish(StreamKey key, OnConflict onConflict, long graceMs) {
        calls.add(onConflict == OnConflict.TAKEOVER ? "publish" : "publish " + onConflict);
        publishes.add(new CompletableFuture<>());
        return publishes.get(publishes.size() - 1);
    }

    @Override
    public CompletionStage<Grant> promote(StreamKey key, long lostEpoch, long graceMs) {
        calls.add("promote " + lostEpoch);
        publishes.add(new CompletableFuture<>());
        return publishes.get(publishes.size() - 1);
    }

    @Override
    public void unpublish(StreamKey key, long epoch, Departure departure) {
        calls.add("unpublish " + epoch + " " + departure);
    }

    @Override
    public CompletionStage<Feed> play(StreamKey key, long parkMs) {
        calls.add("play " + parkMs);
        plays.add(new CompletableFuture<>());
        return plays.get(plays.size() - 1);
    }

    @Override
    public void released(StreamKey key) {
        calls.add("released");
    }

    @Override
    public void lost(StreamKey key, long epoch, NodeId peer) {
        calls.add("lost " + epoch + " " + peer);
    }

    @Override
    public void listen(Listener told) {
        listener = told;
    }
}
