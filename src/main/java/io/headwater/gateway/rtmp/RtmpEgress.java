package io.headwater.gateway.rtmp;

import io.headwater.codec.rtmp.Status;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Admission;
import io.headwater.stream.ChannelPlayer;
import io.headwater.stream.Entry;
import io.headwater.stream.Streams;
import io.headwater.stream.SubscribeRequest;
import io.headwater.stream.Subscriber.End;
import io.headwater.topology.Feed;
import io.netty.handler.ssl.SslHandler;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One player: told that its stream starts when the first frame is there, or why there is none. */
final class RtmpEgress implements ChannelPlayer.Listener {
    private final RtmpConnection connection;
    private final Counters counters;
    private final StreamKey key;
    private Admission.Pass pass = Admission.Pass.LASTING;
    private @Nullable ChannelPlayer player;
    private boolean paused;
    private boolean started;
    private boolean closed;

    RtmpEgress(RtmpConnection connection, Counters counters, StreamKey key) {
        this.connection = connection;
        this.counters = counters;
        this.key = key;
    }

    StreamKey key() {
        return key;
    }

    void start(Admission admission, Map<String, String> credentials, Streams streams, RtmpWireFormat format) {
        counters.increment(Metric.RTMP_PLAYERS_STARTED);
        Streams.PeerInfo peer = new Streams.PeerInfo("rtmp", connection.peer());
        boolean plain = connection.context().pipeline().get(SslHandler.class) == null;
        Map<String, String> brought = plain ? credentials : Admission.overTls(credentials);
        admission
                .ask(new Admission.Request(Admission.Action.PLAY, key, peer, brought))
                .thenAccept(decision -> connection.execute(() -> {
                    if (decision instanceof Admission.Decision.Elsewhere elsewhere) {
                        redirect(elsewhere, credentials);
                    } else {
                        onDecision(decision, streams, format);
                    }
                }));
    }

    private void onDecision(Admission.Decision decision, Streams streams, RtmpWireFormat format) {
        if (decision instanceof Admission.Decision.Allowed allowed) {
            pass = allowed.pass();
            if (closed) {
                pass.close();
                return;
            }
            player = new ChannelPlayer(connection.context(), format, this).counted(counters, "rtmp");
            player.play(streams, key, SubscribeRequest.viewer("rtmp", connection.peer()));
            if (paused) {
                player.pause();
            }
            pass.onEnd(reason -> connection.execute(() -> refuse(reason)));
        } else if (decision instanceof Admission.Decision.Refused refused) {
            refuse(refused.reason());
        }
    }

    private void redirect(Admission.Decision.Elsewhere elsewhere, Map<String, String> credentials) {
        if (!closed) {
            String address = Admission.Place.sentOn("/" + key, credentials);
            connection.redirect("rtmp://" + elsewhere.place().rtmp() + address, elsewhere);
        }
    }

    private void refuse(String reason) {
        if (!closed) {
            if (player != null) {
                player.close();
            }
            onEnd(new End.Refused(reason));
        }
    }

    void writabilityChanged() {
        if (player != null) {
            player.writabilityChanged();
        }
    }

    /** Stands still, or goes on at the newest keyframe. */
    void pause(boolean still) {
        paused = still;
        if (player == null) {
            return;
        }
        if (still) {
            player.pause();
        } else {
            player.resume();
        }
    }

    /** The client left or stopped playing. Idempotent. */
    void close() {
        if (!closed) {
            closed = true;
            counters.increment(Metric.RTMP_PLAYERS_ENDED);
            pass.close();
            if (player != null) {
                player.close();
            }
        }
    }

    @Override
    public void onStart(Entry first) {
        started = true;
        connection.debug("playing");
        Replies.playing(key.toString()).forEach(connection::write);
    }

    @Override
    public void onEnd(End end) {
        if (end instanceof End.NoFeed noFeed && (started || noFeed.reason() == Feed.Reason.ENDED)) {
            Replies.ended(key.toString()).forEach(connection::write);
        } else {
            Status status = refusal(end);
            connection.info("player refused: " + status.description());
            connection.write(Replies.status(status));
        }
        connection.flush();
        connection.leave();
    }

    private Status refusal(End end) {
        if (end instanceof End.NoFeed noFeed && noFeed.reason() == Feed.Reason.NOT_PUBLISHED) {
            return Status.error(Status.PLAY_STREAM_NOT_FOUND, key + " is not published");
        } else if (end instanceof End.TooSlow) {
            return Status.error(Status.PLAY_INSUFFICIENT_BANDWIDTH, "the connection is too slow for " + key);
        } else if (end instanceof End.Refused refused) {
            return Status.error(Status.PLAY_FAILED, refused.reason());
        }
        return Status.error(Status.PLAY_FAILED, key + " cannot be had at the moment");
    }
}
