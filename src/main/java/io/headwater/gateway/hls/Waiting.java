package io.headwater.gateway.hls;

import io.headwater.net.Counters;
import io.headwater.net.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** The requests of one stream that wait for what is still to come. No thread waits with them. Belongs to the stream's lock. */
final class Waiting {
    private record One(Question question, CompletableFuture<Reply> answer, long untilMs) {}

    private final int most;
    private final int mostInAll;
    private final AtomicInteger inAll;
    private final Counters counters;
    private List<One> all = new ArrayList<>();

    /** @param inAll those of all streams of the node */
    Waiting(int most, int mostInAll, AtomicInteger inAll, Counters counters) {
        this.most = most;
        this.mostInAll = mostInAll;
        this.inAll = inAll;
        this.counters = counters;
    }

    CompletionStage<Reply> add(Question question, long untilMs) {
        if (all.size() >= most || inAll.get() >= mostInAll) {
            counters.increment(Metric.HLS_BLOCKED_REFUSED);
            return CompletableFuture.completedFuture(
                    new Reply.Refused(503, "too many requests wait for this node already"));
        }
        One one = new One(question, new CompletableFuture<>(), untilMs);
        all.add(one);
        inAll.incrementAndGet();
        counters.increment(Metric.HLS_BLOCKED);
        return one.answer;
    }

    /** Takes out those that have an answer now; to be run without the lock. */
    List<Runnable> answered() {
        return take(one -> one.question.ask());
    }

    /** Takes out those that waited for too long. */
    List<Runnable> late(long nowMs) {
        return take(one -> {
            if (one.untilMs > nowMs) {
                return Optional.empty();
            }
            counters.increment(Metric.HLS_BLOCKED_LATE);
            return Optional.of(one.question.late());
        });
    }

    private List<Runnable> take(Function<One, Optional<Reply>> answer) {
        List<Runnable> due = new ArrayList<>();
        List<One> left = new ArrayList<>();
        for (One one : all) {
            Optional<Reply> reply = answer.apply(one);
            if (reply.isPresent()) {
                inAll.decrementAndGet();
                due.add(() -> one.answer.complete(reply.get()));
            } else {
                left.add(one);
            }
        }
        all = left;
        return due;
    }

    boolean isEmpty() {
        return all.isEmpty();
    }
}
