package io.headwater.codec.relay;

import io.headwater.codec.hls.NextNumbers;
import io.headwater.codec.relay.RelayMessage.Accept;
import io.headwater.codec.relay.RelayMessage.Challenge;
import io.headwater.codec.relay.RelayMessage.Echo;
import io.headwater.codec.relay.RelayMessage.End;
import io.headwater.codec.relay.RelayMessage.Epoch;
import io.headwater.codec.relay.RelayMessage.FrameOfTrack;
import io.headwater.codec.relay.RelayMessage.Hello;
import io.headwater.codec.relay.RelayMessage.KeepAlive;
import io.headwater.codec.relay.RelayMessage.Opening;
import io.headwater.codec.relay.RelayMessage.Path;
import io.headwater.codec.relay.RelayMessage.Refuse;
import io.headwater.codec.relay.RelayMessage.TrackInForce;
import io.headwater.codec.relay.RelayMessage.Unknown;
import io.headwater.codec.relay.RelayMessage.Welcome;
import io.headwater.media.Bytes;
import io.headwater.media.Extension;
import io.headwater.media.Frame;
import java.util.List;

/** Writes messages of the relay protocol. Values of our own that break its limits are bugs and throw. */
public final class RelayWriter {
    private RelayWriter() {}

    /** The whole message, header and all; a frame's payload is copied (see {@link #frameHead} for the way without). */
    public static byte[] write(RelayMessage message) {
        if (message instanceof Opening opening) {
            return opening(opening);
        } else if (message instanceof Challenge challenge) {
            return begin(RelayProtocol.CHALLENGE)
                    .u8(challenge.major())
                    .u8(challenge.minor())
                    .u8(challenge.proofWanted() ? RelayProtocol.FLAG_PROOF_WANTED : 0)
                    .u64(challenge.capabilities())
                    .raw(checked(challenge.nonce(), RelayProtocol.NONCE_LENGTH))
                    .name(challenge.node().name())
                    .name(challenge.group().name())
                    .message(0);
        } else if (message instanceof Hello hello) {
            return proof(begin(RelayProtocol.HELLO), hello.proof())
                    .raw(helloFields(hello))
                    .message(0);
        } else if (message instanceof Accept accept) {
            return proof(begin(RelayProtocol.ACCEPT), accept.proof()).message(0);
        } else if (message instanceof Refuse refuse) {
            return begin(RelayProtocol.REFUSE)
                    .u16(refuse.code())
                    .text(refuse.text())
                    .message(0);
        } else if (message instanceof Welcome welcome) {
            return begin(RelayProtocol.WELCOME)
                    .u64(welcome.epoch())
                    .u8(welcome.resumed() ? RelayProtocol.FLAG_RESUMED : 0)
                    .nodes(welcome.path())
                    .message(0);
        } else if (message instanceof TrackInForce track) {
            return track(track);
        } else if (message instanceof FrameOfTrack frame) {
            return frame(frame);
        } else if (message instanceof Path path) {
            return begin(RelayProtocol.PATH).nodes(path.path()).message(0);
        } else if (message instanceof Epoch epoch) {
            return begin(RelayProtocol.EPOCH).u64(epoch.epoch()).message(0);
        } else if (message instanceof KeepAlive keepAlive) {
            return begin(RelayProtocol.KEEP_ALIVE).u64(keepAlive.token()).message(0);
        } else if (message instanceof Echo echo) {
            return begin(RelayProtocol.ECHO).u64(echo.token()).message(0);
        } else if (message instanceof End end) {
            return begin(RelayProtocol.END).u16(end.code()).text(end.text()).message(0);
        }
        throw new IllegalArgumentException("not to be written: " + ((Unknown) message).type());
    }

    /** A hello's body without its proof: what {@link RelayProof} covers. */
    public static Bytes helloFields(Hello hello) {
        BodyWriter body = new BodyWriter(160)
                .u64(hello.capabilities())
                .name(hello.node().name())
                .name(hello.group().name())
                .name(hello.key().app())
                .name(hello.key().streamId())
                .u64(hello.epoch())
                .u64(hello.afterSequence())
                .nodes(hello.via());
        if (hello.inNeed()) {
            body.u16(RelayProtocol.OPTION_IN_NEED).u16(0);
        }
        NextNumbers numbers = hello.numbers();
        if (!numbers.isNone()) {
            body.u16(RelayProtocol.OPTION_NUMBERS)
                    .u16(RelayProtocol.NUMBERS_LENGTH)
                    .u64(numbers.epoch())
                    .u64(numbers.mediaSequence())
                    .u64(numbers.discontinuity());
        }
        if (hello.oldest()) {
            body.u16(RelayProtocol.OPTION_OLDEST).u16(0);
        }
        return Bytes.of(body.toByteArray());
    }

    /** Everything of a frame's message before its payload, so that the payload can be sent from where it lies. */
    public static byte[] frameHead(Frame frame) {
        return head(
                        0,
                        frame.track().id(),
                        frame.sequence(),
                        frame.dtsUs(),
                        frame.ptsUs(),
                        frame.keyframe(),
                        frame.extensions())
                .message(frame.payload().length());
    }

    /** The whole message of a frame in one array: cheaper than two pieces for short payloads. */
    public static byte[] frame(Frame frame) {
        return frame(FrameOfTrack.of(frame));
    }

    /** What the extensions take in a frame's message, their length field not included. */
    public static int extensionsLength(List<Extension> extensions) {
        int length = 0;
        for (Extension extension : extensions) {
            length += 4 + extension.value().length();
        }
        return length;
    }

    private static byte[] frame(FrameOfTrack frame) {
        return head(
                        frame.payload().length(),
                        frame.trackId(),
                        frame.sequence(),
                        frame.dtsUs(),
                        frame.ptsUs(),
                        frame.keyframe(),
                        frame.extensions())
                .raw(frame.payload())
                .message(0);
    }

    private static BodyWriter head(
            int room,
            int trackId,
            long sequence,
            long dtsUs,
            long ptsUs,
            boolean keyframe,
            List<Extension> extensions) {
        int extensionsLength = extensionsLength(extensions);
        int size = RelayProtocol.HEADER_LENGTH + RelayProtocol.FRAME_FIELDS_LENGTH + room;
        BodyWriter out = new BodyWriter(extensions.isEmpty() ? size : size + 2 + extensionsLength)
                .u32(0)
                .u8(RelayProtocol.FRAME)
                .u8(trackId)
                .u8((keyframe ? RelayProtocol.FLAG_KEYFRAME : 0)
                        | (extensions.isEmpty() ? 0 : RelayProtocol.FLAG_EXTENSIONS))
                .u64(sequence)
                .u64(dtsUs)
                .u64(ptsUs);
        if (!extensions.isEmpty()) {
            out.u16(limited(extensionsLength, RelayProtocol.MAX_EXTENSIONS, "extensions"));
            for (Extension extension : extensions) {
                out.u16(extension.type()).u16(extension.value().length()).raw(extension.value());
            }
        }
        return out;
    }

    private static byte[] opening(Opening opening) {
        return new BodyWriter(RelayProtocol.OPENING_LENGTH)
                .u32(RelayProtocol.MAGIC)
                .u8(opening.lowestMajor())
                .u8(opening.highestMajor())
                .u8(opening.minor())
                .u8(0)
                .raw(checked(opening.nonce(), RelayProtocol.NONCE_LENGTH))
                .toByteArray();
    }

    private static byte[] track(TrackInForce track) {
        return begin(RelayProtocol.TRACK)
                .u8(track.id())
                .u8(track.codecId())
                .u32(track.width())
                .u32(track.height())
                .u32(track.sampleRate())
                .u8(track.channels())
                .u32(limited(track.config().length(), RelayProtocol.MAX_CONFIG, "decoder configuration"))
                .raw(track.config())
                .message(0);
    }

    private static BodyWriter proof(BodyWriter out, Bytes proof) {
        return out.u8(proof.length()).raw(proof.isEmpty() ? proof : checked(proof, RelayProtocol.PROOF_LENGTH));
    }

    private static BodyWriter begin(int type) {
        return new BodyWriter(64).u32(0).u8(type);
    }

    private static Bytes checked(Bytes value, int length) {
        if (value.length() != length) {
            throw new IllegalArgumentException(value.length() + " bytes, expected " + length);
        }
        return value;
    }

    private static int limited(int length, int limit, String what) {
        if (length > limit) {
            throw new IllegalArgumentException(what + " of " + length + " bytes, expected at most " + limit);
        }
        return length;
    }
}
