package io.headwater.fuzz;

import io.headwater.access.JwtTarget;
import io.headwater.api.BodyTarget;
import io.headwater.codec.DecoderConfig;
import io.headwater.codec.MalformedException;
import io.headwater.codec.amf.Amf0Reader;
import io.headwater.codec.amf.Amf0Writer;
import io.headwater.codec.amf.AmfValue;
import io.headwater.codec.flv.FlvDemuxer;
import io.headwater.codec.flv.FlvReader;
import io.headwater.codec.flv.FlvTag;
import io.headwater.codec.relay.RelayMessage;
import io.headwater.codec.relay.RelayReader;
import io.headwater.codec.relay.RelayWriter;
import io.headwater.codec.rtmp.Aggregate;
import io.headwater.codec.rtmp.Call;
import io.headwater.codec.rtmp.ChunkReader;
import io.headwater.codec.rtmp.ChunkWriter;
import io.headwater.codec.rtmp.Command;
import io.headwater.codec.rtmp.ControlMessage;
import io.headwater.codec.rtmp.MessageType;
import io.headwater.codec.rtmp.RtmpLimits;
import io.headwater.codec.rtmp.RtmpMessage;
import io.headwater.codec.rtmp.ServerHandshake;
import io.headwater.config.ConfigTarget;
import io.headwater.gateway.hls.PathTarget;
import io.headwater.gateway.httpflv.HeadTarget;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.StreamKey;
import io.headwater.media.Track;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Everything that reads what a stranger says. */
public final class Targets {
    private static final String AVC =
            "0164001fffe1001967640 01facd9405005bb016a02020280000003008000001e078c18cb01000568ebecb22c";

    private Targets() {}

    public static List<FuzzTarget> all() {
        return List.of(
                new FuzzTarget("handshake", handshakes(), List.of(), Targets::handshake),
                new FuzzTarget("chunk", chunks(), hex("02", "c3", "14", "11", "16", "ffffff"), Targets::chunk),
                new FuzzTarget("amf0", amf0(), hex("0a00000001", "03", "000009", "08", "0c", "05"), Targets::amf0),
                new FuzzTarget("amf3", amf3(), hex("0a0b01", "0901", "0a", "06", "11"), Targets::amf0),
                new FuzzTarget("flv", flv(), hex("464c5601", "1700", "af00", "90", "61766331"), Targets::flv),
                new FuzzTarget("decoder-config", configs(), List.of(), Targets::decoderConfig),
                new FuzzTarget("relay", relay(), List.of(), Targets::relay),
                HeadTarget.of(),
                PathTarget.of(),
                BodyTarget.of(),
                JwtTarget.of(),
                ConfigTarget.file(),
                ConfigTarget.red5());
    }

    public static Optional<FuzzTarget> named(String name) {
        return all().stream().filter(target -> target.name().equals(name)).findFirst();
    }

    private static String handshake(byte[] input) {
        ServerHandshake handshake = new ServerHandshake(new SplittableRandom(1));
        ByteBuffer in = ByteBuffer.wrap(input);
        try {
            while (in.hasRemaining() && !handshake.isDone()) {
                handshake.read(in);
            }
            return handshake.isDone() ? "done" : "more";
        } catch (MalformedException refused) {
            return said(refused);
        }
    }

    private static String chunk(byte[] input) {
        StringBuilder types = new StringBuilder();
        try {
            new ChunkReader(RtmpLimits.ofMessageBytes(1 << 20)).read(ByteBuffer.wrap(input), new ChunkReader.Output() {
                @Override
                public void message(RtmpMessage message) throws MalformedException {
                    types.append(message.type())
                            .append('/')
                            .append(meaning(message))
                            .append(' ');
                }
            });
            return types.toString();
        } catch (MalformedException refused) {
            return said(refused);
        }
    }

    private static String meaning(RtmpMessage message) throws MalformedException {
        switch (message.type()) {
            case MessageType.COMMAND_AMF0, MessageType.COMMAND_AMF3 -> {
                return Call.of(Command.read(message)).getClass().getSimpleName();
            }
            case MessageType.AGGREGATE -> {
                int[] parts = {0};
                Aggregate.split(message, part -> parts[0]++);
                return "parts" + Math.min(3, parts[0]);
            }
            default -> {
                return ControlMessage.read(message)
                        .map(control -> control.getClass().getSimpleName())
                        .orElse("-");
            }
        }
    }

    private static String amf0(byte[] input) {
        try {
            List<AmfValue> values = Amf0Reader.readAll(Bytes.of(input));
            Amf0Writer.encode(values); // what was read can be said again
            return "values "
                    + values.stream()
                            .map(value -> value.getClass().getSimpleName())
                            .distinct()
                            .toList();
        } catch (MalformedException refused) {
            return said(refused);
        }
    }

    private static String flv(byte[] input) {
        FlvReader reader = new FlvReader(1 << 20);
        FlvDemuxer demuxer = new FlvDemuxer();
        ByteBuffer in = ByteBuffer.wrap(input);
        StringBuilder seen = new StringBuilder();
        try {
            for (Optional<FlvTag> tag = reader.read(in); tag.isPresent(); tag = reader.read(in)) {
                demuxer.tag(tag.get().type(), tag.get().timestampMs(), tag.get().body(), new FlvDemuxer.Output() {
                    @Override
                    public void frame(Track track, long dtsUs, long ptsUs, boolean keyframe, Bytes payload) {
                        seen.append(track.codec()).append(' ');
                    }

                    @Override
                    public void dropped(FlvDemuxer.Reason reason, String what) {
                        seen.append(reason).append(' ');
                    }
                });
            }
            return seen.toString();
        } catch (MalformedException refused) {
            return said(refused);
        }
    }

    private static String decoderConfig(byte[] input) {
        if (input.length == 0) {
            return "";
        }
        List<Codec> codecs = List.of(Codec.values());
        Codec codec = codecs.get((input[0] & 0xff) % codecs.size());
        Track track = DecoderConfig.track(codec, Bytes.of(java.util.Arrays.copyOfRange(input, 1, input.length)));
        return codec + (track.width() > 0 ? " sized" : " unknown") + Long.numberOfLeadingZeros(track.width());
    }

    private static String relay(byte[] input) {
        StringBuilder ends = new StringBuilder();
        for (RelayReader reader : List.of(RelayReader.atUpstream(), RelayReader.atDownstream(1 << 20))) {
            ByteBuffer in = ByteBuffer.wrap(input);
            try {
                for (RelayMessage message = reader.read(in); message != null; message = reader.read(in)) {
                    ends.append(message.getClass().getSimpleName()).append(' ');
                    if (!(message instanceof RelayMessage.Unknown)) {
                        RelayWriter.write(message); // what was read can be said again
                    }
                }
            } catch (MalformedException refused) {
                ends.append(said(refused));
            }
        }
        return ends.toString();
    }

    /** A refusal without what the peer said. */
    public static String said(Exception refused) {
        String text = String.valueOf(refused.getMessage());
        if (text.length() > 1_000) {
            throw new AssertionError("a refusal of " + text.length() + " characters", refused);
        }
        return "refused: " + text.replaceAll("'[^']*'", "''").replaceAll("0x[0-9a-f]+|[0-9]+", "0");
    }

    private static List<byte[]> handshakes() {
        byte[] simple = new byte[1 + 2 * 1536];
        simple[0] = 3;
        byte[] digest = new byte[1 + 2 * 1536];
        new SplittableRandom(1).nextBytes(digest);
        digest[0] = 3;
        return List.of(simple, digest);
    }

    private static List<byte[]> chunks() {
        ChunkWriter writer = new ChunkWriter();
        List<byte[]> seeds = new ArrayList<>();
        AmfValue object = AmfValue.of("live");
        for (String name : List.of("connect", "createStream", "publish", "play", "FCPublish", "deleteStream", "doIt")) {
            seeds.add(writer.write(Command.of(name, 1, AmfValue.Null.VALUE, object, object)
                            .toMessage(1))
                    .toByteArray());
        }
        for (int type : new int[] {1, 2, 3, 4, 5, 6, 8, 9, 15, 18, 20, 22}) {
            seeds.add(writer.write(new RtmpMessage(type, 1, 10, Bytes.of(new byte[] {0, 0, 0, 6, 0, 0, 0, 1, 0, 0, 0})))
                    .toByteArray());
        }
        seeds.add(writer.write(new RtmpMessage(9, 1, 0x1234567, Bytes.of(new byte[5_000])))
                .toByteArray());
        return seeds;
    }

    private static List<byte[]> amf0() {
        return hex(
                "02000463616c6c003ff000000000000005",
                "0300036170700200046c69766500000900",
                "0a00000003000000000000000005010108000000010001610500000 9".replace(" ", ""),
                "0b00000000000000000000" + "0c00000003616263" + "0f00000003616263" + "06" + "07000a",
                "10000161000162020001630000 09".replace(" ", ""));
    }

    private static List<byte[]> amf3() {
        return hex(
                "11" + "0a0b01" + "036162" + "0603" + "61" + "01",
                "11" + "0905010401" + "0402",
                "11" + "0c0561626364" + "11" + "0801" + "0000000000000000",
                "11" + "0a130361" + "0362" + "0401",
                "11" + "0d0500" + "00000001" + "00000002");
    }

    private static List<byte[]> flv() {
        String head = "464c5601050000000900000000";
        String avc = AVC.replace(" ", "");
        return hex(
                head
                        + tag(9, "1700000000" + avc)
                        + tag(9, "17010000000000000265880000")
                        + tag(8, "af001210")
                        + tag(8, "af0101"),
                head + tag(18, "02000a6f6e4d65746144617461080000000100057769647468004094000000000000000009"),
                head + tag(9, "9068766331" + "01" + "00".repeat(22)) + tag(9, "91687663310000000000000001ff"),
                head + tag(9, "906176303181040c00") + tag(8, "904f707573" + "4f70757348656164010200000000000000000000"),
                head + tag(8, "2ffffb9044" + "00".repeat(40)));
    }

    private static String tag(int type, String body) {
        int length = body.length() / 2;
        return String.format("%02x%06x00000000000000%s%08x", type, length, body, length + 11);
    }

    private static List<byte[]> configs() {
        List<byte[]> seeds = new ArrayList<>();
        for (int i = 0; i < Codec.values().length; i++) {
            for (String config :
                    List.of(AVC.replace(" ", ""), "1210", "81040c00", "4f7075734865616401020000000000000000")) {
                seeds.add(hex(String.format("%02x", i) + config).get(0));
            }
        }
        return seeds;
    }

    private static List<byte[]> relay() {
        Bytes some = Bytes.of(new byte[32]);
        List<NodeId> path = List.of(new NodeId("n1"), new NodeId("n2"));
        byte[] opening = RelayWriter.write(new RelayMessage.Opening(1, 1, 0, some));
        List<byte[]> seeds = new ArrayList<>();
        for (RelayMessage message : List.of(
                new RelayMessage.Hello(
                        some, 0, path.get(0), new NodeGroup("g"), new StreamKey("live", "x"), 0, -1, path, false),
                new RelayMessage.Unknown(99))) {
            if (!(message instanceof RelayMessage.Unknown)) {
                byte[] more = RelayWriter.write(message);
                byte[] both = java.util.Arrays.copyOf(opening, opening.length + more.length);
                System.arraycopy(more, 0, both, opening.length, more.length);
                seeds.add(both);
            }
        }
        for (int type = 0; type < 16; type++) { // a message of every type, which is noise inside
            byte[] other = ByteBuffer.allocate(opening.length + 5 + 40)
                    .put(opening)
                    .putInt(40)
                    .put((byte) type)
                    .array();
            seeds.add(other);
        }
        return seeds;
    }

    static List<byte[]> hex(String... texts) {
        List<byte[]> made = new ArrayList<>();
        for (String text : texts) {
            made.add(HexFormat.of().parseHex(text));
        }
        return made;
    }

    /** Inputs that are texts. */
    public static List<byte[]> texts(String... texts) {
        List<byte[]> made = new ArrayList<>();
        for (String text : texts) {
            made.add(text.getBytes(StandardCharsets.ISO_8859_1));
        }
        return made;
    }

    /** A query as a map. */
    public static Map<String, String> query(String text) {
        Map<String, String> query = new java.util.LinkedHashMap<>();
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            query.putIfAbsent(
                    equals < 0 ? pair : pair.substring(0, equals), equals < 0 ? "" : pair.substring(equals + 1));
        }
        return query;
    }
}
