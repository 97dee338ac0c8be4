package io.headwater.stream;

import io.headwater.media.StreamKey;
import io.headwater.media.Track;
import io.headwater.media.Tracks;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.topology.NodeId;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves one player: writes what one subscription delivers to one channel, in one wire format.
 *
 * <p>It writes as long as the channel is writable, several frames to a flush, and leaves the rest in the hub's ring, where
 * the player's limits apply. All methods and callbacks belong to the channel's event loop. The gateway forwards
 * {@code channelWritabilityChanged} to {@link #writabilityChanged}; a channel that closes ends the subscription by itself.
 * Frames are collected for the application's {@code writeMerge} before the hub wakes the players, not here.
 */
public final class ChannelPlayer {
    /** How long a player that is not reading is given for the last frames of a stream that ended. */
    private static final long LAST_FRAMES_MS = 3_000;

    /** What a gateway hears of its player, on the channel's event loop. */
    public interface Listener {
        /** The first frame is about to be written: response heads go before it. */
        default void onStart(Entry first) {}

        /** Nothing more will be written; everything that was is flushed. Called once, never after {@link #close}. */
        void onEnd(Subscriber.End end);

        /** See {@link Subscriber#onPath}. */
        default void onPath(List<NodeId> path) {}
    }

    private final ChannelHandlerContext context;
    private final WireFormat format;
    private final Listener listener;
    private @Nullable Subscription subscription;
    private Subscriber.@Nullable End ending;
    private Tracks told = Tracks.NONE;
    private boolean first = true;
    private boolean paused;
    private boolean writing;
    private boolean closed;
    private long frames;
    private long bytes;
    private @Nullable Written written;

    /** What is counted of the players of one protocol, once for each write. */
    private record Written(Counters counters, Metric writes, Metric frames) {}

    /** @param context writes start here in the channel's pipeline, so they pass only the handlers before it */
    public ChannelPlayer(ChannelHandlerContext context, WireFormat format, Listener listener) {
        this.context = context;
        this.format = format;
        this.listener = listener;
    }

    /** Counts its writes and the frames in them with those of its protocol. */
    public ChannelPlayer counted(Counters counters, String protocol) {
        written = switch (protocol) {
            case "rtmp" -> new Written(counters, Metric.PLAYER_WRITES_RTMP, Metric.PLAYER_FRAMES_RTMP);
            case "http-flv" -> new Written(counters, Metric.PLAYER_WRITES_HTTP_FLV, Metric.PLAYER_FRAMES_HTTP_FLV);
            case "ws-flv" -> new Written(counters, Metric.PLAYER_WRITES_WS_FLV, Metric.PLAYER_FRAMES_WS_FLV);
            default -> throw new IllegalArgumentException(protocol + " is no protocol of players");
        };
        return this;
    }

    /** Subscribes and starts to write; called once, on the event loop. */
    public ChannelPlayer play(Streams streams, StreamKey key, SubscribeRequest request) {
        if (subscription != null || !context.channel().eventLoop().inEventLoop()) {
            throw new IllegalStateException("play is called once, on the channel's event loop");
        }
        subscription = streams.subscribe(key, request, context.channel().eventLoop(), new Served());
        if (subscription instanceof Cursor cursor && !cursor.noDelay()) {
            context.channel().config().setOption(ChannelOption.TCP_NODELAY, false);
        }
        context.channel().closeFuture().addListener(done -> close());
        return this;
    }

    /** The channel may take more, or has had enough. */
    public void writabilityChanged() {
        write();
    }

    /** Stops writing until {@link #resume}; the player keeps its place among the viewers. */
    public void pause() {
        if (!paused && subscription != null) {
            paused = true;
            subscription.pause();
        }
    }

    /** Goes on at the newest keyframe. */
    public void resume() {
        if (paused && subscription != null) {
            paused = false;
            subscription.resume();
            write();
        }
    }

    /** Ends the subscription; the listener hears nothing more, the channel stays as it is. Idempotent. */
    public void close() {
        if (!closed) {
            closed = true;
            if (subscription != null) {
                subscription.close();
            }
        }
    }

    /** Frames written so far. */
    public long frames() {
        return frames;
    }

    /** Bytes written so far, headers of the format included. */
    public long bytes() {
        return bytes;
    }

    private void write() {
        Subscription from = subscription;
        if (writing || closed || paused || from == null) {
            return;
        }
        writing = true;
        try {
            long before = frames;
            if (fillAtOnce(from)) {
                flush(before); // what came meanwhile wakes the group again
            } else {
                // a flush may empty the channel's buffer at once, so look again after each
                while (fill(from)) {
                    flush(before);
                    before = frames;
                }
            }
        } finally {
            writing = false;
        }
        if (ending != null && !closed && context.channel().isWritable()) {
            end(ending);
        }
    }

    private void flush(long framesBefore) {
        context.flush();
        Written counting = written;
        if (counting != null) {
            counting.counters.increment(counting.writes);
            counting.counters.add(counting.frames, frames - framesBefore);
        }
    }

    /** Writes what is new to all players of the group; false if this one needs something else. */
    private boolean fillAtOnce(Subscription from) {
        Run run = from instanceof Cursor cursor && context.channel().isWritable() ? cursor.pollRun(format) : null;
        if (run == null) {
            return false;
        }
        put(run.share());
        frames += run.frames();
        return true;
    }

    /** Writes until the channel is full or there is nothing more; false if there was nothing to write. */
    private boolean fill(Subscription from) {
        boolean wrote = false;
        while (!closed && context.channel().isWritable()) {
            Entry entry = from.poll();
            if (entry == null) {
                break;
            }
            if (from.restarted() || entry.trackChanged()) {
                introduce(entry);
            }
            put(entry.encoded(format));
            frames++;
            wrote = true;
        }
        return wrote;
    }

    /** Tells what is new. A configuration a player has already is not repeated: recorders take it for another one. */
    private void introduce(Entry entry) {
        Tracks tracks = entry.tracks();
        List<Track> news = tracks.newTo(told);
        if (first) {
            listener.onStart(entry);
            told = tracks;
        } else {
            for (Track track : news) {
                told = told.with(track);
            }
        }
        if (first || !news.isEmpty()) {
            put(format.preamble(entry, news, first, context.alloc()));
            first = false;
        }
    }

    private void put(ByteBuf buffer) {
        if (buffer.isReadable()) {
            bytes += buffer.readableBytes();
            context.write(buffer, context.voidPromise());
        } else {
            buffer.release();
        }
    }

    private void end(Subscriber.End end) {
        close();
        listener.onEnd(end);
    }

    private final class Served implements Subscriber {
        @Override
        public void onReadable() {
            write();
        }

        @Override
        public void onEnd(End end) {
            if (closed) {
                return;
            }
            if (!(end instanceof End.NoFeed)) {
                end(end);
                return;
            }
            ending = end;
            paused = false;
            write();
            if (!closed) {
                context.channel()
                        .eventLoop()
                        .schedule(
                                () -> {
                                    if (!closed) {
                                        end(end);
                                    }
                                },
                                LAST_FRAMES_MS,
                                TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void onPath(List<NodeId> path) {
            if (!closed) {
                listener.onPath(path);
            }
        }
    }
}
