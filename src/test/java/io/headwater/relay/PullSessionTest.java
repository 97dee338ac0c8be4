package io.headwater.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.MalformedException;
import io.headwater.codec.relay.EndCode;
import io.headwater.codec.relay.RelayMessage;
import io.headwater.codec.relay.RelayMessage.FrameOfTrack;
import io.headwater.codec.relay.RelayMessage.TrackInForce;
import io.headwater.media.Bytes;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Upstream;
import io.headwater.stream.Upstream.Closed.Kind;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a downstream makes of an upstream's messages, in and out of order. */
class PullSessionTest {
    private static final NodeGroup GROUP = new NodeGroup("g");
    private static final Peer PEER = new Peer(new NodeId("up"), GROUP, "h", 1);
    private static final StreamKey KEY = new StreamKey("live", "s");
    private static final RelayMessage.Challenge CHALLENGE =
            new RelayMessage.Challenge(1, 0, false, 0, Bytes.of(new byte[32]), new NodeId("up"), GROUP);
    private static final TrackInForce TRACK = TrackInForce.of(Media.VIDEO);

    private final HeardSink sink = new HeardSink();
    private final Counters counters = new Counters();
    private final PullSession session = session(5, 9);
    private long rising = 9;

    @Test
    void aConversationInOrder() throws Exception {
        welcome(new RelayMessage.Welcome(5, true, List.of(new NodeId("up"))));
        say(TRACK, frame(10), frame(11));
        say(new RelayMessage.Epoch(6), TRACK, frame(3), frame(5));
        assertEquals(
                List.of(
                        "welcome 5 resumed [up]",
                        "frame 5/10",
                        "frame 5/11",
                        "tracks 1",
                        "frame 6/3",
                        "tracks 1",
                        "frame 6/5"),
                sink.words());
    }

    @Test
    void anOlderEpochIsNotJoined() throws Exception {
        var over = welcome(new RelayMessage.Welcome(4, false, List.of()));
        assertEquals(Kind.STALE, over.orElseThrow().kind());
        assertEquals(List.of(), sink.words());
    }

    @Test
    void whatIsNotResumedIsNotTakenForIt() throws Exception {
        welcome(new RelayMessage.Welcome(6, true, List.of()));
        assertEquals(List.of("welcome 6 []"), sink.words());
    }

    @Test
    void aSequenceComesOnceAndRises() throws Exception {
        welcome(new RelayMessage.Welcome(5, true, List.of()));
        say(TRACK, frame(12));
        for (long sequence : new long[] {12, 11, 0}) {
            var refusal = assertThrows(MalformedException.class, () -> say(frame(sequence)));
            assertEquals("FRAME: sequence is " + sequence + ", expected more than 12", refusal.getMessage());
        }
    }

    @Test
    void anEpochOnlyRises() throws Exception {
        welcome(new RelayMessage.Welcome(5, false, List.of()));
        assertThrows(MalformedException.class, () -> say(new RelayMessage.Epoch(5)));
        assertThrows(MalformedException.class, () -> say(new RelayMessage.Epoch(4)));
    }

    @Test
    void tracksAreAnnouncedAnewInANewEpoch() throws Exception {
        welcome(new RelayMessage.Welcome(5, false, List.of()));
        say(TRACK, frame(1), new RelayMessage.Epoch(6));
        var refusal = assertThrows(MalformedException.class, () -> say(frame(2)));
        assertEquals("FRAME: track 0 was never announced", refusal.getMessage());
    }

    @Test
    void framesOfACodecOfTheFutureAreLeftOut() throws Exception {
        welcome(new RelayMessage.Welcome(5, false, List.of()));
        say(TRACK, new TrackInForce(7, 200, 0, 0, 0, 0, Bytes.EMPTY));
        say(frame(1), new FrameOfTrack(7, 2, 0, 0, true, Bytes.EMPTY, List.of()), frame(3));
        assertEquals(List.of("welcome 5 []", "tracks 1", "frame 5/1", "frame 5/3"), sink.words());
        assertEquals(1, counters.get(Metric.RELAY_FRAMES_SKIPPED));
    }

    @Test
    void codesOfTheFutureAreRefusals() throws Exception {
        assertEquals(
                Kind.REFUSED,
                session.on(new RelayMessage.Refuse(999, "x")).orElseThrow().kind());
    }

    @Test
    void everyCodeHasAKind() throws Exception {
        for (EndCode code : EndCode.values()) {
            assertTrue(session(0, -1).on(new RelayMessage.Refuse(code, "x")).isPresent());
        }
    }

    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(300).boxed();
    }

    /** Whatever an upstream says: the hub hears a welcome first, rising frames of known tracks, or nothing. */
    @ParameterizedTest
    @MethodSource("seeds")
    void anythingElseIsMalformed(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        try {
            if (random.nextInt(4) > 0) { // else nothing would get past the handshake
                welcome(new RelayMessage.Welcome(5, random.nextBoolean(), List.of()));
            }
            for (int i = 0; i < 60; i++) {
                RelayMessage message = anything(random);
                var over = message instanceof RelayMessage.Challenge challenge
                        ? session.onChallenge(challenge, Bytes.EMPTY, answer -> {})
                        : session.on(message);
                if (over.isPresent()) {
                    break;
                }
            }
        } catch (MalformedException expected) {
            assertTrue(String.valueOf(expected.getMessage()).length() < 200);
        }
        List<String> words = sink.words();
        assertTrue(words.isEmpty() || words.get(0).startsWith("welcome"), words.toString());
        long epoch = -1;
        long sequence = -1;
        for (var frame : sink.frames()) {
            assertTrue(frame.epoch() > epoch || (frame.epoch() == epoch && frame.sequence() > sequence));
            epoch = frame.epoch();
            sequence = frame.sequence();
        }
    }

    private RelayMessage anything(SplittableRandom random) {
        return switch (random.nextInt(40)) {
            case 0 -> handshake(random);
            case 3 -> new RelayMessage.Epoch(random.nextInt(1000));
            case 4 -> TRACK;
            case 5 -> new RelayMessage.Path(List.of());
            case 6 -> random.nextInt(5) == 0 ? new RelayMessage.End(1, "") : frame(random.nextInt(1000));
            default -> random.nextInt(3) == 0 ? TRACK : frame(rising += 1 + random.nextInt(3));
        };
    }

    private static RelayMessage handshake(SplittableRandom random) {
        return switch (random.nextInt(3)) {
            case 0 -> CHALLENGE;
            case 1 -> new RelayMessage.Accept(Bytes.EMPTY);
            default -> new RelayMessage.Welcome(5 + random.nextInt(2), random.nextBoolean(), List.of());
        };
    }

    private java.util.Optional<PullSession.Over> welcome(RelayMessage.Welcome welcome) throws MalformedException {
        List<byte[]> answers = new ArrayList<>();
        session.onChallenge(CHALLENGE, Bytes.EMPTY, answers::add);
        assertEquals(1, answers.size());
        session.on(new RelayMessage.Accept(Bytes.EMPTY));
        return session.on(welcome);
    }

    private void say(RelayMessage... messages) throws MalformedException {
        for (RelayMessage message : messages) {
            assertTrue(session.on(message).isEmpty(), message.toString());
        }
    }

    private static FrameOfTrack frame(long sequence) {
        return new FrameOfTrack(0, sequence, 0, 0, true, Bytes.EMPTY, List.of());
    }

    private PullSession session(long epoch, long after) {
        var self = new RelaySelf(new NodeId("me"), () -> GROUP);
        var request = new Upstream.Request(KEY, epoch, after, List.of(new NodeId("me")));
        var traffic = new LinkTraffic(RelayLinkSnapshot.Direction.IN, PEER.node(), GROUP, "h:1", KEY);
        return new PullSession(
                self, Bytes.EMPTY, PullSession.opening(Bytes.of(new byte[32])), PEER, request, sink, counters, traffic);
    }
}
