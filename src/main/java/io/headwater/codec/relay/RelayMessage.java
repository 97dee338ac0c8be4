package io.headwater.codec.relay;

import io.headwater.codec.hls.NextNumbers;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Extension;
import io.headwater.media.Frame;
import io.headwater.media.StreamKey;
import io.headwater.media.Track;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * What travels on a link between two nodes. The downstream node opens the connection and pulls; the upstream node
 * serves. {@link RelayReader} makes these of bytes, {@link RelayWriter} bytes of these.
 */
public sealed interface RelayMessage {

    /**
     * The first bytes of a connection, from the downstream; the same in every version.
     *
     * @param minor what the sender knows of {@code highestMajor}
     * @param nonce 32 random bytes
     */
    record Opening(int lowestMajor, int highestMajor, int minor, Bytes nonce) implements RelayMessage {

        /** The newest major version both sides speak. */
        public Optional<Integer> agree(int ownLowest, int ownHighest) {
            int agreed = Math.min(highestMajor, ownHighest);
            return agreed >= Math.max(lowestMajor, ownLowest) ? Optional.of(agreed) : Optional.empty();
        }
    }

    /**
     * The upstream's answer to an opening.
     *
     * @param major the version of everything that follows
     * @param proofWanted whether the upstream has a cluster secret and asks for a proof of it
     * @param capabilities a bit for each optional part the upstream understands
     * @param nonce 32 random bytes
     */
    record Challenge(
            int major, int minor, boolean proofWanted, long capabilities, Bytes nonce, NodeId node, NodeGroup group)
            implements RelayMessage {}

    /**
     * What the downstream asks for.
     *
     * @param proof that it knows the cluster secret ({@link RelayProof}), empty if it has none
     * @param epoch the publishing session it is in, 0 if none
     * @param afterSequence it has everything up to this sequence of {@code epoch}; -1 to start at the newest keyframe
     * @param via the downstream and the nodes that wait behind it
     * @param inNeed whether it is in the middle of the stream and what fed it is silent or gone
     * @param numbers what the downstream knows of the stream's HLS numbering
     * @param oldest whether what is kept of the stream is wanted too, from a segment's start on, instead of the newest
     *     keyframe alone
     */
    record Hello(
            Bytes proof,
            long capabilities,
            NodeId node,
            NodeGroup group,
            StreamKey key,
            long epoch,
            long afterSequence,
            List<NodeId> via,
            boolean inNeed,
            NextNumbers numbers,
            boolean oldest)
            implements RelayMessage {
        public Hello {
            via = List.copyOf(via);
        }

        public Hello(
                Bytes proof,
                long capabilities,
                NodeId node,
                NodeGroup group,
                StreamKey key,
                long epoch,
                long afterSequence,
                List<NodeId> via,
                boolean inNeed) {
            this(proof, capabilities, node, group, key, epoch, afterSequence, via, inNeed, NextNumbers.NONE, false);
        }

        public Hello inNeed(boolean now) {
            return new Hello(proof, capabilities, node, group, key, epoch, afterSequence, via, now, numbers, oldest);
        }

        public Hello numbers(NextNumbers known) {
            return new Hello(proof, capabilities, node, group, key, epoch, afterSequence, via, inNeed, known, oldest);
        }

        public Hello oldest(boolean wanted) {
            return new Hello(proof, capabilities, node, group, key, epoch, afterSequence, via, inNeed, numbers, wanted);
        }

        public Hello withProof(Bytes newProof) {
            return new Hello(
                    newProof, capabilities, node, group, key, epoch, afterSequence, via, inNeed, numbers, oldest);
        }
    }

    /** The upstream took the link, and proves that it knows the secret too; {@link Welcome} or {@link Refuse} follows. */
    record Accept(Bytes proof) implements RelayMessage {}

    /** The upstream does not serve: instead of a {@link Challenge}, an {@link Accept} or a {@link Welcome}. */
    record Refuse(int code, String text) implements RelayMessage {
        public Refuse(EndCode code, String text) {
            this(code.wireId(), text);
        }
    }

    /**
     * The upstream serves the stream.
     *
     * @param resumed whether the frames follow {@link Hello#afterSequence} without a gap
     * @param path the nodes up to and including the upstream, main origin first; empty if not known yet
     */
    record Welcome(long epoch, boolean resumed, List<NodeId> path) implements RelayMessage {
        public Welcome {
            path = List.copyOf(path);
        }
    }

    /** A track, or a track's new decoder configuration, in force for the frames that follow. See {@link Track}. */
    record TrackInForce(int id, int codecId, int width, int height, int sampleRate, int channels, Bytes config)
            implements RelayMessage {

        public static TrackInForce of(Track track) {
            return new TrackInForce(
                    track.id(),
                    track.codec().wireId(),
                    track.width(),
                    track.height(),
                    track.sampleRate(),
                    track.channels(),
                    track.config());
        }

        /** The track, or nothing if this version does not know its codec. */
        public Optional<Track> track() {
            return Codec.ofWireId(codecId)
                    .map(codec -> new Track(id, codec, config, width, height, sampleRate, channels));
        }
    }

    /** One frame of the track last announced with {@code trackId}, in the link's epoch. See {@link Frame}. */
    record FrameOfTrack(
            int trackId,
            long sequence,
            long dtsUs,
            long ptsUs,
            boolean keyframe,
            Bytes payload,
            List<Extension> extensions)
            implements RelayMessage {

        public static FrameOfTrack of(Frame frame) {
            return new FrameOfTrack(
                    frame.track().id(),
                    frame.sequence(),
                    frame.dtsUs(),
                    frame.ptsUs(),
                    frame.keyframe(),
                    frame.payload(),
                    frame.extensions());
        }
    }

    /** The way the stream takes to the upstream has changed. */
    record Path(List<NodeId> path) implements RelayMessage {
        public Path {
            path = List.copyOf(path);
        }
    }

    /** The frames that follow belong to a later publishing session; sequences start over. */
    record Epoch(long epoch) implements RelayMessage {}

    /** The sender is alive. A token that is not 0 asks for an {@link Echo} of it. */
    record KeepAlive(long token) implements RelayMessage {}

    /** Answers a {@link KeepAlive}. */
    record Echo(long token) implements RelayMessage {}

    /** The upstream is done with a link it had welcomed. */
    record End(int code, String text) implements RelayMessage {
        public End(EndCode code, String text) {
            this(code.wireId(), text);
        }
    }

    /** Something of a newer minor version, skipped. */
    record Unknown(int type) implements RelayMessage {}
}
