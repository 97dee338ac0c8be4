package io.headwater.codec.relay;

import io.headwater.codec.MalformedException;
import io.headwater.codec.hls.NextNumbers;
import io.headwater.codec.relay.RelayMessage.Challenge;
import io.headwater.codec.relay.RelayMessage.FrameOfTrack;
import io.headwater.codec.relay.RelayMessage.Hello;
import io.headwater.codec.relay.RelayMessage.TrackInForce;
import io.headwater.codec.relay.RelayMessage.Welcome;
import io.headwater.media.Bytes;
import io.headwater.media.Extension;
import io.headwater.media.StreamKey;
import java.util.ArrayList;
import java.util.List;

/** Whole bodies into messages. */
final class MessageParser {
    private static final String[] NAMES = {
        "",
        "CHALLENGE",
        "HELLO",
        "ACCEPT",
        "REFUSE",
        "WELCOME",
        "TRACK",
        "FRAME",
        "PATH",
        "EPOCH",
        "KEEP_ALIVE",
        "ECHO",
        "END"
    };

    private MessageParser() {}

    static boolean known(int type) {
        return type >= RelayProtocol.CHALLENGE && type <= RelayProtocol.END;
    }

    static String name(int type) {
        return known(type) ? NAMES[type] : "message of type " + type;
    }

    static int limit(int type, int maxFrameBytes) {
        if (type == RelayProtocol.FRAME) {
            return maxFrameBytes == 0
                    ? 0
                    : maxFrameBytes + RelayProtocol.FRAME_FIELDS_LENGTH + 2 + RelayProtocol.MAX_EXTENSIONS;
        } else if (type == RelayProtocol.TRACK) {
            return RelayProtocol.MAX_CONFIG + RelayProtocol.MAX_SMALL_BODY;
        }
        return known(type) ? RelayProtocol.MAX_SMALL_BODY : RelayProtocol.MAX_UNKNOWN_BODY;
    }

    /** Refuses what is not our protocol by its first bytes, before the rest of an opening is there. */
    static void checkMagic(byte[] bytes, int filled) throws MalformedException {
        for (int i = 0; i < Math.min(filled, 4); i++) {
            if (bytes[i] != (byte) (RelayProtocol.MAGIC >>> (24 - 8 * i))) {
                throw new MalformedException("the first bytes are " + Bytes.of(bytes, 0, Math.min(filled, 4))
                        + ", expected the opening of a relay link");
            }
        }
    }

    static RelayMessage opening(Bytes bytes) throws MalformedException {
        BodyReader in = new BodyReader("opening", bytes);
        in.u32("magic");
        int lowest = in.u8("lowest version");
        int highest = in.u8("highest version");
        int minor = in.u8("minor version");
        in.u8("reserved");
        return new RelayMessage.Opening(lowest, highest, minor, in.raw(RelayProtocol.NONCE_LENGTH, "nonce"));
    }

    static RelayMessage parse(int type, Bytes body, int maxFrameBytes) throws MalformedException {
        BodyReader in = new BodyReader(name(type), body);
        RelayMessage message = fields(type, in, maxFrameBytes);
        in.options();
        return message;
    }

    private static RelayMessage fields(int type, BodyReader in, int maxFrameBytes) throws MalformedException {
        return switch (type) {
            case RelayProtocol.CHALLENGE -> challenge(in);
            case RelayProtocol.HELLO -> hello(in);
            case RelayProtocol.ACCEPT -> new RelayMessage.Accept(in.proof());
            case RelayProtocol.REFUSE -> new RelayMessage.Refuse(in.u16("code"), in.text("text"));
            case RelayProtocol.WELCOME -> welcome(in);
            case RelayProtocol.TRACK -> track(in);
            case RelayProtocol.FRAME -> frame(in, maxFrameBytes);
            case RelayProtocol.PATH -> new RelayMessage.Path(in.nodes("path"));
            case RelayProtocol.EPOCH -> new RelayMessage.Epoch(in.i64AtLeast(0, "epoch"));
            case RelayProtocol.KEEP_ALIVE -> new RelayMessage.KeepAlive(in.i64("token"));
            case RelayProtocol.ECHO -> new RelayMessage.Echo(in.i64("token"));
            case RelayProtocol.END -> new RelayMessage.End(in.u16("code"), in.text("text"));
            default -> throw new IllegalArgumentException("type " + type);
        };
    }

    private static Challenge challenge(BodyReader in) throws MalformedException {
        int major = in.u8("version");
        int minor = in.u8("minor version");
        int flags = in.u8("flags");
        return new Challenge(
                major,
                minor,
                (flags & RelayProtocol.FLAG_PROOF_WANTED) != 0,
                in.i64("capabilities"),
                in.raw(RelayProtocol.NONCE_LENGTH, "nonce"),
                in.node("node id"),
                in.group("node group"));
    }

    private static Hello hello(BodyReader in) throws MalformedException {
        Hello hello = new Hello(
                in.proof(),
                in.i64("capabilities"),
                in.node("node id"),
                in.group("node group"),
                key(in),
                in.i64AtLeast(0, "epoch"),
                in.i64AtLeast(-1, "after-sequence"),
                in.nodes("via"),
                false);
        for (Extension option : in.options()) {
            hello = switch (option.type()) {
                case RelayProtocol.OPTION_IN_NEED -> hello.inNeed(true);
                case RelayProtocol.OPTION_NUMBERS -> hello.numbers(numbers(option.value()));
                case RelayProtocol.OPTION_OLDEST -> hello.oldest(true);
                default -> hello;
            };
        }
        return hello;
    }

    private static NextNumbers numbers(Bytes value) throws MalformedException {
        BodyReader in = new BodyReader("HELLO", value);
        return new NextNumbers(
                in.i64AtLeast(1, "numbers' epoch"),
                in.i64AtLeast(0, "next media sequence"),
                in.i64AtLeast(0, "next discontinuity sequence"));
    }

    private static StreamKey key(BodyReader in) throws MalformedException {
        String app = in.name("application");
        String streamId = in.name("stream id");
        var problem = StreamKey.problem(app, streamId);
        if (problem.isPresent()) {
            throw new MalformedException("HELLO: " + problem.get());
        }
        return new StreamKey(app, streamId);
    }

    private static Welcome welcome(BodyReader in) throws MalformedException {
        long epoch = in.i64AtLeast(0, "epoch");
        boolean resumed = (in.u8("flags") & RelayProtocol.FLAG_RESUMED) != 0;
        return new Welcome(epoch, resumed, in.nodes("path"));
    }

    private static TrackInForce track(BodyReader in) throws MalformedException {
        int id = in.u8("track");
        int codec = in.u8("codec");
        int width = in.u31("width");
        int height = in.u31("height");
        int sampleRate = in.u31("sample rate");
        int channels = in.u8("channels");
        long length = in.u32("configuration length");
        if (length > RelayProtocol.MAX_CONFIG) {
            throw in.malformed("configuration length", Long.toString(length), "at most " + RelayProtocol.MAX_CONFIG);
        }
        return new TrackInForce(id, codec, width, height, sampleRate, channels, in.raw((int) length, "configuration"));
    }

    private static FrameOfTrack frame(BodyReader in, int maxFrameBytes) throws MalformedException {
        int track = in.u8("track");
        int flags = in.u8("flags");
        long sequence = in.i64AtLeast(0, "sequence");
        long dtsUs = in.i64("decoding time");
        long ptsUs = in.i64("presentation time");
        List<Extension> extensions = (flags & RelayProtocol.FLAG_EXTENSIONS) == 0 ? List.of() : extensions(in);
        Bytes payload = in.rest();
        if (payload.length() > maxFrameBytes) {
            throw in.malformed("payload", payload.length() + " bytes", "at most " + maxFrameBytes);
        }
        boolean keyframe = (flags & RelayProtocol.FLAG_KEYFRAME) != 0;
        return new FrameOfTrack(track, sequence, dtsUs, ptsUs, keyframe, payload, extensions);
    }

    private static List<Extension> extensions(BodyReader in) throws MalformedException {
        int length = in.u16("extensions length");
        if (length > RelayProtocol.MAX_EXTENSIONS) {
            throw in.malformed(
                    "extensions length", Integer.toString(length), "at most " + RelayProtocol.MAX_EXTENSIONS);
        }
        BodyReader block = new BodyReader("FRAME", in.raw(length, "extensions"));
        List<Extension> extensions = new ArrayList<>(2);
        while (!block.atEnd()) {
            int type = block.u16("extension type");
            extensions.add(new Extension(type, block.raw(block.u16("extension length"), "extension")));
        }
        return List.copyOf(extensions);
    }
}
