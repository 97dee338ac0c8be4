package io.headwater.relay;

import io.headwater.codec.MalformedException;
import io.headwater.codec.relay.EndCode;
import io.headwater.codec.relay.RelayMessage;
import io.headwater.codec.relay.RelayMessage.Accept;
import io.headwater.codec.relay.RelayMessage.Challenge;
import io.headwater.codec.relay.RelayMessage.FrameOfTrack;
import io.headwater.codec.relay.RelayMessage.Hello;
import io.headwater.codec.relay.RelayMessage.TrackInForce;
import io.headwater.codec.relay.RelayMessage.Welcome;
import io.headwater.codec.relay.RelayProof;
import io.headwater.codec.relay.RelayProtocol;
import io.headwater.codec.relay.RelayWriter;
import io.headwater.media.Bytes;
import io.headwater.media.Frame;
import io.headwater.media.Track;
import io.headwater.media.Tracks;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Upstream;
import io.headwater.topology.Peer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The downstream's side of one link, told every message in turn: proves itself, asks, and hands on what it gets. */
final class PullSession {
    private enum State {
        OPENED,
        ASKED,
        ACCEPTED,
        WELCOMED
    }

    /** The link is over, by what the upstream said or did. */
    record Over(Upstream.Closed.Kind kind, Metric counter, String detail) {}

    private final RelaySelf self;
    private final Bytes secret;
    private final Peer peer;
    private final Upstream.Request request;
    private final Upstream.Sink sink;
    private final Counters counters;
    private final LinkTraffic traffic;
    private final byte[] opening;
    private State state = State.OPENED;
    private Bytes expectedProof = Bytes.EMPTY;
    private Tracks tracks = Tracks.NONE;
    private final Map<Integer, Track> byId = new HashMap<>();
    private final Set<Integer> unknownTracks = new HashSet<>();
    private long epoch;
    private long lastSequence = -1;
    private boolean inSequence;
    private boolean resumed;

    /** @param opening what was sent over the connection first, or will be */
    PullSession(
            RelaySelf self,
            Bytes secret,
            byte[] opening,
            Peer peer,
            Upstream.Request request,
            Upstream.Sink sink,
            Counters counters,
            LinkTraffic traffic) {
        this.self = self;
        this.secret = secret;
        this.peer = peer;
        this.request = request;
        this.sink = sink;
        this.counters = counters;
        this.traffic = traffic;
        this.opening = opening;
    }

    /** What a downstream sends first, over whichever connection. */
    static byte[] opening(Bytes nonce) {
        return RelayWriter.write(
                new RelayMessage.Opening(RelayProtocol.MAJOR, RelayProtocol.MAJOR, RelayProtocol.MINOR, nonce));
    }

    boolean accepted() {
        return state == State.ACCEPTED || state == State.WELCOMED;
    }

    boolean welcomed() {
        return state == State.WELCOMED;
    }

    /**
     * A keep-alive arrived. Before the welcome it says nothing about the stream: an upstream that waits for a publisher
     * sends them too, and must not look to the hub like one that serves.
     */
    void onAlive() {
        if (welcomed()) {
            sink.onAlive();
        } else if (accepted()) {
            sink.onWaiting();
        }
    }

    /** The answer to a challenge: the hello, proved. */
    Optional<Over> onChallenge(Challenge challenge, Bytes body, Consumer<byte[]> answer) throws MalformedException {
        expect(state == State.OPENED, challenge);
        if (challenge.major() != RelayProtocol.MAJOR) {
            return refused(
                    Metric.RELAY_PULLS_REFUSED,
                    "it chose version " + challenge.major() + " of the relay protocol, expected "
                            + RelayProtocol.MAJOR);
        }
        if (!challenge.node().equals(peer.node())) {
            return refused(Metric.RELAY_PULLS_REFUSED, "it is " + challenge.node());
        }
        if (challenge.proofWanted() == secret.isEmpty()) {
            return refused(
                    Metric.RELAY_PULLS_SECRET,
                    secret.isEmpty()
                            ? "it wants proof of the cluster secret and this node has none"
                            : "it has no cluster secret and this node has one");
        }
        Hello hello = new Hello(
                Bytes.EMPTY,
                0,
                self.node(),
                self.group().get(),
                request.key(),
                request.epoch(),
                request.afterSequence(),
                request.via(),
                request.inNeed(),
                request.numbers(),
                request.oldest());
        if (!secret.isEmpty()) {
            Bytes fields = RelayWriter.helloFields(hello);
            hello = hello.withProof(RelayProof.of(RelayProof.Role.DOWNSTREAM, secret, Bytes.of(opening), body, fields));
            expectedProof = RelayProof.of(RelayProof.Role.UPSTREAM, secret, Bytes.of(opening), body, fields);
        }
        state = State.ASKED;
        answer.accept(RelayWriter.write(hello));
        return Optional.empty();
    }

    /** Any other message but keep-alives and echoes. */
    Optional<Over> on(RelayMessage message) throws MalformedException {
        if (message instanceof FrameOfTrack frame) {
            onFrame(frame);
            return Optional.empty();
        } else if (message instanceof TrackInForce track) {
            onTrack(track);
            return Optional.empty();
        } else if (message instanceof Accept accept) {
            return onAccept(accept);
        } else if (message instanceof Welcome welcome) {
            return onWelcome(welcome);
        } else if (message instanceof RelayMessage.Path path) {
            expect(welcomed(), message);
            sink.onWelcome(epoch, resumed, path.path());
            return Optional.empty();
        } else if (message instanceof RelayMessage.Epoch next) {
            onEpoch(next);
            return Optional.empty();
        } else if (message instanceof RelayMessage.Refuse refuse) {
            expect(!welcomed(), message);
            return Optional.of(over(refuse.code(), refuse.text()));
        } else if (message instanceof RelayMessage.End end) {
            expect(welcomed(), message);
            return Optional.of(over(end.code(), end.text()));
        }
        throw unexpected(message);
    }

    private Optional<Over> onAccept(Accept accept) throws MalformedException {
        expect(state == State.ASKED, accept);
        if (!RelayProof.matches(expectedProof, accept.proof())) {
            return refused(Metric.RELAY_PULLS_SECRET, "its cluster secret is not the one of this node");
        }
        state = State.ACCEPTED;
        sink.onWaiting();
        return Optional.empty();
    }

    private Optional<Over> onWelcome(Welcome welcome) throws MalformedException {
        expect(state == State.ACCEPTED, welcome);
        if (welcome.epoch() < request.epoch()) {
            return Optional.of(new Over(
                    Upstream.Closed.Kind.STALE,
                    Metric.RELAY_PULLS_STALE,
                    "it is in epoch " + welcome.epoch() + ", this node in " + request.epoch()));
        }
        state = State.WELCOMED;
        epoch = welcome.epoch();
        resumed = welcome.resumed() && epoch == request.epoch() && request.afterSequence() >= 0;
        inSequence = resumed;
        lastSequence = resumed ? request.afterSequence() : -1;
        counters.increment(Metric.RELAY_PULLS_OPENED);
        if (resumed) {
            counters.increment(Metric.RELAY_PULLS_RESUMED);
        }
        sink.onWelcome(epoch, resumed, welcome.path());
        return Optional.empty();
    }

    private void onTrack(TrackInForce announced) throws MalformedException {
        expect(welcomed(), announced);
        Optional<Track> track = announced.track();
        if (track.isPresent()) {
            tracks = tracks.with(track.get());
            byId.put(announced.id(), track.get());
            unknownTracks.remove(announced.id());
        } else {
            unknownTracks.add(announced.id());
        }
    }

    private void onEpoch(RelayMessage.Epoch next) throws MalformedException {
        expect(welcomed(), next);
        if (next.epoch() <= epoch) {
            throw new MalformedException("EPOCH: epoch is " + next.epoch() + ", expected more than " + epoch);
        }
        epoch = next.epoch();
        lastSequence = -1;
        inSequence = false;
        tracks = Tracks.NONE;
        byId.clear();
        unknownTracks.clear();
    }

    private void onFrame(FrameOfTrack frame) throws MalformedException {
        expect(welcomed(), frame);
        if (frame.sequence() <= lastSequence) {
            throw new MalformedException(
                    "FRAME: sequence is " + frame.sequence() + ", expected more than " + lastSequence);
        }
        if (unknownTracks.contains(frame.trackId())) {
            counters.increment(Metric.RELAY_FRAMES_SKIPPED);
            lastSequence = frame.sequence();
            return;
        }
        Track track = trackOf(frame);
        if (!inSequence || frame.sequence() != lastSequence + 1) {
            sink.onTracks(tracks);
        }
        inSequence = true;
        lastSequence = frame.sequence();
        traffic.frame(epoch, lastSequence);
        counters.increment(Metric.RELAY_FRAMES_IN);
        sink.onFrame(new Frame(
                epoch,
                frame.sequence(),
                track,
                frame.dtsUs(),
                frame.ptsUs(),
                frame.keyframe(),
                frame.payload(),
                frame.extensions()));
    }

    private Track trackOf(FrameOfTrack frame) throws MalformedException {
        Track track = byId.get(frame.trackId());
        if (track == null) {
            throw new MalformedException("FRAME: track " + frame.trackId() + " was never announced");
        }
        return track;
    }

    private static Over over(int wireCode, String text) {
        EndCode code = EndCode.ofWireId(wireCode).orElse(EndCode.REFUSED);
        return switch (code) {
            case ENDED -> new Over(Upstream.Closed.Kind.ENDED, Metric.RELAY_PULLS_ENDED, text);
            case NOT_HERE, UNAVAILABLE -> new Over(Upstream.Closed.Kind.NOT_HERE, Metric.RELAY_PULLS_NOT_HERE, text);
            case STALE -> new Over(Upstream.Closed.Kind.STALE, Metric.RELAY_PULLS_STALE, text);
            case LOOP -> new Over(Upstream.Closed.Kind.LOOP, Metric.RELAY_PULLS_LOOP, text);
            case TOO_SLOW, TIMEOUT -> new Over(Upstream.Closed.Kind.BROKEN, Metric.RELAY_PULLS_BROKEN, text);
            case SECRET -> new Over(Upstream.Closed.Kind.REFUSED, Metric.RELAY_PULLS_SECRET, text);
            case MALFORMED, VERSION, LIMIT, CLOSING, REFUSED ->
                new Over(Upstream.Closed.Kind.REFUSED, Metric.RELAY_PULLS_REFUSED, text);
        };
    }

    private static Optional<Over> refused(Metric counter, String detail) {
        return Optional.of(new Over(Upstream.Closed.Kind.REFUSED, counter, detail));
    }

    private static void expect(boolean allowed, RelayMessage message) throws MalformedException {
        if (!allowed) {
            throw unexpected(message);
        }
    }

    private static MalformedException unexpected(RelayMessage message) {
        return new MalformedException(
                "a " + message.getClass().getSimpleName() + " arrived where the protocol has none");
    }
}
