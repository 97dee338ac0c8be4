package io.headwater.gateway.rtmp;

import io.headwater.codec.MalformedException;
import io.headwater.codec.flv.FlvDemuxer;
import io.headwater.codec.rtmp.Command;
import io.headwater.codec.rtmp.MessageType;
import io.headwater.codec.rtmp.RtmpMessage;
import io.headwater.codec.rtmp.Status;
import io.headwater.media.Bytes;
import io.headwater.media.StreamKey;
import io.headwater.media.Track;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Admission;
import io.headwater.stream.Ingest;
import io.headwater.stream.Streams;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One publisher: asks whether it may and for the stream, then turns its messages into frames. Tells the hub exactly once how it ended.
 *
 * <p>Nothing is read from the connection while the cluster decides who has the stream.
 */
final class RtmpIngest implements FlvDemuxer.Output {
    private final RtmpConnection connection;
    private final Counters counters;
    private final StreamKey asked;
    private final Streams.PublisherRole role;
    private final FlvDemuxer demuxer = new FlvDemuxer();
    /** What was told of already: an encoder that sends one strange tag sends thousands. */
    private final Set<FlvDemuxer.Reason> dropsTold = EnumSet.noneOf(FlvDemuxer.Reason.class);

    private @Nullable StreamKey key;
    private Admission.Pass pass = Admission.Pass.LASTING;
    private @Nullable Ingest ingest;
    private boolean over;

    /** @param asked the name the client published under, which may be a secret */
    RtmpIngest(RtmpConnection connection, Counters counters, StreamKey asked, Streams.PublisherRole role) {
        this.connection = connection;
        this.counters = counters;
        this.asked = asked;
        this.role = role;
    }

    /** The stream, once the publisher may publish it. */
    Optional<StreamKey> key() {
        return Optional.ofNullable(key);
    }

    /** Whether the cluster has not decided yet who has the stream. */
    boolean isWaiting() {
        return ingest == null && !over;
    }

    void start(Admission admission, Map<String, String> credentials, Streams streams) {
        connection.holdReading();
        Streams.PeerInfo peer = new Streams.PeerInfo("rtmp", connection.peer());
        admission
                .ask(new Admission.Request(Admission.Action.PUBLISH, asked, peer, credentials))
                .thenAccept(decision -> connection.execute(() -> onDecision(decision, streams)));
    }

    private void onDecision(Admission.Decision decision, Streams streams) {
        if (decision instanceof Admission.Decision.Allowed allowed) {
            pass = allowed.pass();
            if (over) {
                pass.close();
                return;
            }
            key = allowed.key();
            pass.onEnd(reason -> connection.execute(() -> end(Status.error(Status.PUBLISH_DENIED, reason))));
            publish(allowed.key(), streams);
        } else if (decision instanceof Admission.Decision.Refused refused) {
            end(Status.error(Status.PUBLISH_DENIED, refused.reason()));
        }
    }

    private void publish(StreamKey admitted, Streams streams) {
        streams.publish(
                        admitted,
                        new Streams.PeerInfo("rtmp", connection.peer()),
                        role,
                        reason -> connection.execute(() -> onStop(reason)))
                .thenAccept(answer -> connection.execute(() -> onAnswer(answer)));
    }

    void media(RtmpMessage message) throws MalformedException {
        int tagType = message.type() == MessageType.DATA_AMF3 ? MessageType.DATA_AMF0 : message.type();
        demuxer.tag(tagType, message.timestamp(), Command.amf0Of(message), this);
    }

    /** The publisher said goodbye. */
    void finished() {
        if (ends("publisher finished")) {
            Objects.requireNonNull(ingest).finished();
        }
    }

    /** The connection went away; nothing happens if the session ended before. */
    void lost() {
        if (ends("publisher lost")) {
            Objects.requireNonNull(ingest).lost();
        }
    }

    /** Whether this is the end of a session that had begun. */
    private boolean ends(String how) {
        if (over) {
            return false;
        }
        over = true;
        pass.close();
        if (ingest == null) {
            return false;
        }
        counters.increment(Metric.RTMP_PUBLISHERS_ENDED);
        connection.info(how);
        return true;
    }

    @Override
    public void frame(Track track, long dtsUs, long ptsUs, boolean keyframe, Bytes payload) {
        if (ingest != null && !over) {
            ingest.frame(track, dtsUs, ptsUs, keyframe, payload);
        }
    }

    @Override
    public void dropped(FlvDemuxer.Reason reason, String what) {
        counters.increment(Metric.RTMP_TAGS_DROPPED);
        if (dropsTold.add(reason)) {
            connection.info("left out: " + what + " (" + reason + ")");
        }
    }

    private void onAnswer(Streams.PublishAnswer answer) {
        if (answer instanceof Streams.PublishAnswer.Accepted accepted) {
            onAccepted(accepted.ingest());
        } else if (answer instanceof Streams.PublishAnswer.Refused refused) {
            end(Status.error(Status.PUBLISH_DENIED, refused.reason()));
        } else {
            end(Status.error(Status.PUBLISH_BAD_NAME, shown() + " has a publisher already"));
        }
    }

    private void onAccepted(Ingest accepted) {
        if (over) { // left, or was stopped, while it waited
            accepted.lost();
            return;
        }
        ingest = accepted;
        counters.increment(Metric.RTMP_PUBLISHERS_STARTED);
        connection.info("publishing");
        Replies.publishing(shown()).forEach(connection::write);
        connection.flush();
        connection.resumeReading();
    }

    private void onStop(Streams.StopReason reason) {
        switch (reason) {
            case SUPERSEDED ->
                end(Status.error(
                        Status.PUBLISH_BAD_NAME, "a newer publisher has taken " + shown() + " over from this one"));
            case MOVED -> moved();
            case STOPPED -> end(Status.error(Status.PUBLISH_DENIED, shown() + " was stopped by the server"));
        }
    }

    /** Ended without an error: encoders come back after a closed connection, and give up after a refusal. */
    private void moved() {
        if (ends("publisher sent to another node")) {
            connection.leave();
        }
    }

    /** Ends the session from this side. */
    private void end(Status status) {
        if (over) {
            return;
        }
        connection.write(Replies.status(status));
        connection.flush();
        connection.leave();
        if (ingest == null) {
            over = true;
            pass.close();
            connection.info("publisher refused: " + status.description());
        } else if (ends("publisher ended: " + status.description())) {
            ingest.lost();
        }
    }

    private String shown() {
        return String.valueOf(key);
    }
}
