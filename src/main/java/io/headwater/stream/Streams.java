package io.headwater.stream;

import io.headwater.media.StreamKey;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Every stream on this node, as a protocol gateway and the relay server see them. Safe to call from any thread. */
public interface Streams {

    /**
     * Starts a publishing session. The stage never fails: a refusal is an answer.
     *
     * <p>A backup, and anybody where the application's policy is {@link Directory.OnConflict#BACKUP}, is accepted beside
     * the stream's publisher: its frames are not used until it goes live in that one's place, and again when it is live
     * no longer. It is not told of either.
     *
     * @param control how the session is told to stop; may be called from any thread, and before the stage completes
     */
    CompletionStage<PublishAnswer> publish(
            StreamKey key, PeerInfo publisher, PublisherRole role, PublisherControl control);

    default CompletionStage<PublishAnswer> publish(StreamKey key, PeerInfo publisher, PublisherControl control) {
        return publish(key, publisher, PublisherRole.PRIMARY, control);
    }

    /** What a publisher asks to be. */
    enum PublisherRole {
        PRIMARY,
        /** Stands by while the stream has another publisher. */
        BACKUP
    }

    /**
     * Subscribes to a stream, whether it is here, elsewhere or not yet published. Returns at once; what becomes of it is
     * told to {@code subscriber}, always on {@code executor}. Subscribers that share an executor (an event loop) are
     * served in one pass per wake-up.
     */
    Subscription subscribe(StreamKey key, SubscribeRequest request, Executor executor, Subscriber subscriber);

    /** What is known of one stream on this node. */
    Optional<HubSnapshot> snapshot(StreamKey key);

    /** What is known of every stream on this node, at most {@code limit} of them. */
    List<HubSnapshot> snapshots(int limit);

    /** Told to a publisher that may not go on. */
    interface PublisherControl {
        /** The session is over; frames given to its {@link Ingest} from now on are ignored. */
        void stop(StopReason reason);
    }

    /** Why a publisher is stopped from inside. */
    enum StopReason {
        /** A newer publisher has the stream. */
        SUPERSEDED,
        /** An operator stopped it, or the node shuts down. */
        STOPPED,
        /** The node is being taken out of service; the publisher may go on at another one. */
        MOVED
    }

    /** The answer to a publisher. */
    sealed interface PublishAnswer {
        record Accepted(Ingest ingest) implements PublishAnswer {}

        /** The stream has a publisher and the application's policy is to refuse another. */
        record AlreadyPublished() implements PublishAnswer {}

        /** @param reason one line for the publisher and the log */
        record Refused(String reason) implements PublishAnswer {}
    }

    /**
     * Who is at the other end.
     *
     * @param protocol {@code rtmp}, {@code http-flv}, {@code ws-flv}, {@code relay}
     * @param address {@code host:port}
     */
    record PeerInfo(String protocol, String address) {}
}
