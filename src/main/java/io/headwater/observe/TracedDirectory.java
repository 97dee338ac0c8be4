package io.headwater.observe;

import io.headwater.media.StreamKey;
import io.headwater.stream.Directory;
import io.headwater.topology.Feed;
import io.headwater.topology.NodeId;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

/** A directory that tells how long its answers to publishers and players took, and what they were. */
final class TracedDirectory implements Directory {
    private final Directory directory;
    private final Tracing tracing;

    TracedDirectory(Directory directory, Tracing tracing) {
        this.directory = directory;
        this.tracing = tracing;
    }

    @Override
    public CompletionStage<Grant> publish(StreamKey key, OnConflict onConflict, long graceMs) {
        return traced("publish", key, directory.publish(key, onConflict, graceMs), TracedDirectory::granted);
    }

    @Override
    public CompletionStage<Grant> promote(StreamKey key, long lostEpoch, long graceMs) {
        return traced("promote", key, directory.promote(key, lostEpoch, graceMs), TracedDirectory::granted);
    }

    @Override
    public CompletionStage<Feed> play(StreamKey key, long parkMs) {
        return traced("resolve play", key, directory.play(key, parkMs), TracedDirectory::found);
    }

    private <T> CompletionStage<T> traced(
            String name, StreamKey key, CompletionStage<T> answer, BiConsumer<Span, T> said) {
        Span span = tracing.begin(name, key);
        if (span == null) {
            return answer;
        }
        return answer.whenComplete((value, failed) -> {
            if (failed == null) {
                said.accept(span, value);
            } else {
                span.setStatus(StatusCode.ERROR, failed.toString());
            }
            tracing.end(span);
        });
    }

    private static void granted(Span span, Grant grant) {
        span.setAttribute("headwater.answer", grant.getClass().getSimpleName());
        if (grant instanceof Grant.Granted granted) {
            span.setAttribute("headwater.epoch", granted.epoch());
        } else if (grant instanceof Grant.Unavailable unavailable) {
            span.setStatus(StatusCode.ERROR, unavailable.reason());
        }
    }

    private static void found(Span span, Feed feed) {
        span.setAttribute("headwater.answer", feed.getClass().getSimpleName());
        span.setAttribute("headwater.feed", feed.toString());
    }

    @Override
    public void unpublish(StreamKey key, long epoch, Departure departure) {
        directory.unpublish(key, epoch, departure);
    }

    @Override
    public void released(StreamKey key) {
        directory.released(key);
    }

    @Override
    public void lost(StreamKey key, long epoch, NodeId peer) {
        directory.lost(key, epoch, peer);
    }

    @Override
    public void listen(Listener listener) {
        directory.listen(listener);
    }
}
