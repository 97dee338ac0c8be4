package io.headwater.gateway.hls;

import io.headwater.codec.MalformedException;
import io.headwater.codec.hls.Container;
import io.headwater.codec.hls.Init;
import io.headwater.codec.hls.Mark;
import io.headwater.codec.hls.NumberBase;
import io.headwater.codec.hls.Packager;
import io.headwater.codec.hls.Part;
import io.headwater.codec.hls.ResourceName;
import io.headwater.codec.hls.Segment;
import io.headwater.media.Frame;
import io.headwater.media.MediaKind;
import io.headwater.media.StreamKey;
import io.headwater.media.Tracks;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Entry;
import io.headwater.stream.SubscribeRequest;
import io.headwater.stream.Subscriber;
import io.headwater.stream.Subscription;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream that somebody on this node wants as HLS: takes the hub's marked frames, keeps the segments, answers.
 *
 * <p>The lock guards everything; frames and time come on one event loop, requests on any thread. Answers that were waited
 * for are given on an executor of their own, so that a crowd of them does not hold up the event loop.
 */
final class HlsStream implements Subscriber, Packager.Output {
    private static final Logger LOG = LoggerFactory.getLogger(HlsStream.class);

    /** What viewers are counted as. */
    static final String PROTOCOL = "hls";

    private static final long TICK_MS = 250;
    /** Shorter than what the HTTP server gives a request. */
    private static final long LONGEST_HOLD_MS = 15_000;
    /** A player does not ask for a file of what it has no playlist of: an edge that was not asked so far gets it sooner. */
    private static final long LONGEST_FILE_HOLD_MS = 5_000;
    /** What never came and nobody waits for any more ends so soon: a name may be made up. */
    private static final long CONNECTING_LINGER_MS = 1_000;
    /** How late a viewer may ask for the next segment and is still counted; one that was sent away is counted for so long. */
    private static final long SESSION_SLACK_MS = 500;
    /** In target durations (RFC 8216bis, 6.2.5.2). */
    private static final int HOLD_TARGETS = 3;

    /** Players on the same loop are woken in one pass, and may be kept waiting for one: a packager is not one of them. */
    private record PackagersExecutor(Executor loop) implements Executor {
        @Override
        public void execute(Runnable task) {
            loop.execute(task);
        }
    }

    private enum State {
        /** Subscribed, and nothing to play has come yet. */
        CONNECTING,
        LIVE,
        /** The subscription ended; what is left can be played to the end. */
        OVER
    }

    /** What is served under one path: a stream in a container. */
    record Place(StreamKey key, Container container) {}

    private final StreamKey key;
    private final Container container;
    private final HlsContext context;
    private final HlsSettings.App app;
    private final Counters counters;
    private final ScheduledExecutorService loop;
    private final Packager packager;
    private final Window window;
    private final Playlists playlists;
    private final Waiting waiting;
    private final Runnable connected;

    private boolean connecting = true;
    private boolean counted;
    private State state = State.CONNECTING;
    private Reply.Refused whyOver = new Reply.Refused(404, "the stream is over");
    private boolean closed;
    private boolean changed;
    private boolean audioOnly;
    /** None of the tracks can be put into the container. */
    private boolean unfit;
    /** The picture or the sound cannot. */
    private boolean lacking;

    private Tracks known = Tracks.NONE;

    private long askedAtMs;
    private long segmentAtMs;
    private long reportedBytes;
    private @Nullable Subscription subscription;

    /** @param connected to be run once, when the stream is here or will not be */
    HlsStream(Place place, HlsContext context, ScheduledExecutorService loop, Runnable connected) {
        this.connected = connected;
        this.key = place.key();
        this.container = place.container();
        this.context = context;
        this.app = context.settings().app(key.app());
        this.counters = context.counters();
        this.loop = loop;
        this.packager = new Packager(app.windowBytes(), container, this);
        this.window = new Window(app.window(), app.windowBytes(), counters);
        this.playlists = new Playlists(window, container, lowLatency());
        this.waiting = new Waiting(
                context.settings().maxBlockedPerStream(), context.settings().maxBlocked(), context.blocked(), counters);
        this.askedAtMs = nowMs();
    }

    private boolean lowLatency() {
        return app.lowLatency() && container == Container.FMP4;
    }

    /** Subscribes; to be called once. */
    void start() {
        counters.increment(Metric.HLS_STREAMS_STARTED);
        execute(this::connect);
        execute(this::tick);
    }

    private void connect() {
        Subscription made = context.streams()
                .subscribe(key, SubscribeRequest.packager(PROTOCOL), new PackagersExecutor(loop), this);
        synchronized (this) {
            subscription = made;
            if (closed) {
                made.close();
            }
        }
    }

    private void execute(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException over) {
            LOG.debug("{}: the event loops have ended", key);
        }
    }

    // ---- requests

    /** @param mediaPlaylist the address of the media playlist, as it is to be in the answer */
    CompletionStage<Reply> multivariant(String mediaPlaylist) {
        boolean personal = mediaPlaylist.indexOf('?') >= 0;
        return answer(LONGEST_HOLD_MS, new Question() {
            @Override
            public Optional<Reply> ask() {
                if (unfit) {
                    return Optional.of(noTrackFits());
                }
                if (state == State.LIVE) {
                    return playlists
                            .multivariant(mediaPlaylist)
                            .map(text -> new Reply.Playlist(
                                    text, personal ? Reply.Freshness.PERSONAL : Reply.Freshness.NEWEST));
                }
                return state == State.OVER ? Optional.of(whyOver) : Optional.empty();
            }

            @Override
            public Reply late() {
                return new Reply.Refused(503, "there is nothing to play yet");
            }
        });
    }

    /** @param suffix behind every name in the playlist, if the viewer has to say something with every request */
    CompletionStage<Reply> media(HlsRequest.Reload reload, String suffix) {
        return answer(LONGEST_HOLD_MS, new Question() {
            @Override
            public Optional<Reply> ask() {
                if (closed || (state == State.OVER && playlists.isEmpty())) {
                    return Optional.of(whyOver);
                }
                if (unfit) {
                    return Optional.of(noTrackFits());
                }
                return playlists.media(lowLatency() ? reload : HlsRequest.Reload.NOW, suffix);
            }

            @Override
            public Reply late() {
                return new Reply.Refused(503, "nothing new has come for too long");
            }
        });
    }

    /** Whether the container has no place for the picture or the sound, as far as is known now. */
    synchronized boolean lacks() {
        return lacking;
    }

    private Reply noTrackFits() {
        return new Reply.Refused(404, "no codec of " + key + " is for transport streams");
    }

    CompletionStage<Reply> file(ResourceName name) {
        return answer(LONGEST_FILE_HOLD_MS, new Question() {
            @Override
            public Optional<Reply> ask() {
                Optional<Reply> here = window.file(name).map(bytes -> new Reply.File(bytes, kind()));
                if (here.isPresent()) {
                    return here;
                }
                boolean comes = state == State.CONNECTING || (state == State.LIVE && window.mayCome(name));
                return comes ? Optional.empty() : Optional.of(late());
            }

            @Override
            public Reply late() {
                return new Reply.Refused(404, "there is no such file of " + key + " now");
            }
        });
    }

    private Reply.Kind kind() {
        if (container == Container.MPEG_TS) {
            return Reply.Kind.TRANSPORT_STREAM;
        }
        return audioOnly ? Reply.Kind.AUDIO : Reply.Kind.VIDEO;
    }

    /** @param longestMs how long it may wait for the stream to be here at all */
    private CompletionStage<Reply> answer(long longestMs, Question question) {
        synchronized (this) {
            askedAtMs = nowMs();
            if (closed) {
                return CompletableFuture.completedFuture(whyOver);
            }
            Optional<Reply> now = question.ask();
            return now.isPresent()
                    ? CompletableFuture.completedFuture(now.get())
                    : waiting.add(question, askedAtMs + holdMs(longestMs));
        }
    }

    private long holdMs(long longestMs) {
        return state == State.CONNECTING
                ? longestMs
                : Math.min(LONGEST_HOLD_MS, HOLD_TARGETS * 1000L * playlists.targetDurationS());
    }

    /** Whether it is over, so that somebody who wants to begin to watch needs another. */
    synchronized boolean isOver() {
        return state == State.OVER;
    }

    // ---- the hub, on the event loop

    @Override
    public void onReadable() {
        List<Runnable> due = List.of();
        synchronized (this) {
            Subscription from = subscription;
            if (from == null || closed) {
                return;
            }
            for (Entry entry = from.poll(); entry != null; entry = from.poll()) {
                take(entry);
            }
            if (changed) {
                due = update();
            }
        }
        give(due);
    }

    private void take(Entry entry) {
        Frame frame = entry.frame();
        known = entry.tracks();
        packager.frame(frame, entry.tracks());
        window.epoch(frame.epoch());
        if (frame.extensions().isEmpty()) {
            return;
        }
        try {
            Optional<Mark> mark = Mark.of(frame.extensions());
            if (mark.isPresent()) {
                changed = true;
                NumberBase.of(frame)
                        .ifPresent(base -> window.base(base, mark.get().startsSegment()));
                window.growing(packager.growing());
            }
        } catch (MalformedException unreadable) {
            LOG.debug("{}: {}", key, unreadable.getMessage());
        }
    }

    @Override
    public void init(Init init) {
        window.init(init);
        unfit = init.tracks().isEmpty();
        audioOnly = !has(init, MediaKind.VIDEO);
        lacking = lacks(init, MediaKind.VIDEO) || lacks(init, MediaKind.AUDIO);
    }

    private boolean lacks(Init init, MediaKind kind) {
        return known.first(kind).isPresent() && !has(init, kind);
    }

    private static boolean has(Init init, MediaKind kind) {
        return init.tracks().stream().anyMatch(track -> track.kind() == kind);
    }

    @Override
    public void part(Part part) {
        counters.increment(Metric.HLS_PARTS);
    }

    @Override
    public void segment(Segment segment) {
        counters.increment(segment.gap() ? Metric.HLS_GAPS : Metric.HLS_SEGMENTS);
        window.add(segment);
        segmentAtMs = nowMs();
        changed = true;
    }

    @Override
    public void lost(String why) {
        LOG.debug("{}: {}", key, why);
    }

    /** Something changed: who waited for it is to be answered. */
    private List<Runnable> update() {
        changed = false;
        long more = window.bytes() - reportedBytes;
        reportedBytes += more;
        if (context.bytes().addAndGet(more) > context.settings().maxBytes()) {
            window.shrink();
        }
        playlists.update(state == State.OVER);
        if (state == State.CONNECTING && !playlists.isEmpty()) {
            goLive();
        }
        return waiting.answered();
    }

    private void goLive() {
        counted = true;
        if (context.live().incrementAndGet() > context.settings().maxStreams()) {
            counters.increment(Metric.HLS_STREAMS_REFUSED);
            whyOver = new Reply.Refused(503, "this node has no room for another stream");
            state = State.OVER;
            close();
            return;
        }
        state = State.LIVE;
        leaveConnecting();
        LOG.info("{} is served as HLS{}", key, variant());
    }

    private void leaveConnecting() {
        if (connecting) {
            connecting = false;
            connected.run();
        }
    }

    @Override
    public void onEnd(End end) {
        List<Runnable> due;
        synchronized (this) {
            packager.end(false);
            window.growing(Optional.empty());
            whyOver = why(end);
            state = State.OVER;
            due = update();
            if (playlists.isEmpty() || end instanceof End.Refused) {
                close();
            }
            LOG.info("{} is not served as HLS{} any more: {}", key, variant(), whyOver.reason());
        }
        give(due);
    }

    private String variant() {
        return container == Container.MPEG_TS ? " in transport streams" : "";
    }

    private Reply.Refused why(End end) {
        if (end instanceof End.NoFeed noFeed) {
            return switch (noFeed.reason()) {
                case NOT_PUBLISHED -> new Reply.Refused(404, "nobody publishes " + key);
                case ENDED -> new Reply.Refused(404, key + " has ended");
                case UNAVAILABLE -> new Reply.Refused(503, "this node cannot find out where to get " + key);
            };
        }
        return new Reply.Refused(
                503, end instanceof End.Refused refused ? refused.reason() : "this node cannot get " + key + " now");
    }

    // ---- time, on the event loop

    private void tick() {
        List<Runnable> due;
        synchronized (this) {
            if (closed) {
                return;
            }
            long now = nowMs();
            due = waiting.late(now);
            if (!waiting.isEmpty()) {
                askedAtMs = now;
            }
            Subscription from = subscription;
            if (from != null && app.sessions() && state != State.OVER) {
                from.viewers(context.sessions().count(new Place(key, container), sessionMs(now)));
            }
            long lingerMs = state == State.CONNECTING
                    ? CONNECTING_LINGER_MS
                    : app.linger().toMillis();
            if (now - askedAtMs > lingerMs) {
                whyOver = new Reply.Refused(503, "nobody asked for " + key + " until now");
                close();
            } else {
                loop.schedule(this::tick, TICK_MS, TimeUnit.MILLISECONDS);
            }
        }
        give(due);
    }

    /** As long as segments come, a viewer asks for each; while the stream stands still it waits. */
    private long sessionMs(long nowMs) {
        long targetMs = 1000L * playlists.targetDurationS();
        boolean stands = nowMs - segmentAtMs > targetMs + SESSION_SLACK_MS;
        return stands ? HOLD_TARGETS * targetMs : targetMs + SESSION_SLACK_MS;
    }

    /** Nobody asks any more, or there is nothing to tell. The lock is held. */
    private void close() {
        if (!closed) {
            closed = true;
            leaveConnecting();
            if (counted) {
                context.live().decrementAndGet();
            }
            context.bytes().addAndGet(-reportedBytes);
            counters.increment(Metric.HLS_STREAMS_ENDED);
            context.forget().accept(new Place(key, container), this);
            Subscription from = subscription;
            if (from != null) {
                execute(from::close);
            }
        }
    }

    /** The node ends: who waits is told so. */
    void shutDown() {
        List<Runnable> due;
        synchronized (this) {
            whyOver = new Reply.Refused(503, "the node shuts down");
            close();
            due = waiting.late(Long.MAX_VALUE);
        }
        give(due);
    }

    private void give(List<Runnable> answers) {
        if (!answers.isEmpty()) {
            context.answering().execute(() -> answers.forEach(Runnable::run));
        }
    }

    static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }
}
