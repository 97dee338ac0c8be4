package io.headwater.codec.rtmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.MalformedException;
import io.headwater.codec.amf.Amf0Writer;
import io.headwater.codec.amf.AmfValue;
import io.headwater.media.Bytes;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CommandTest {
    private static final AmfValue NULL = AmfValue.Null.VALUE;
    private static final AmfValue FALSE = AmfValue.of(false);
    private static final AmfValue NAME = AmfValue.of("stream1");

    static Stream<Arguments> calls() {
        return Stream.of(
                row(new Call.CreateStream(4), "createStream"),
                row(new Call.ReleaseStream(4, "stream1"), "releaseStream", NAME),
                row(new Call.FcPublish(4, "stream1"), "FCPublish", NAME),
                row(new Call.FcUnpublish(4, "stream1"), "FCUnpublish", NAME),
                row(new Call.Publish(4, "stream1", "record"), "publish", NAME, AmfValue.of("record")),
                row(new Call.Publish(4, "stream1", "live"), "publish", NAME),
                row(new Call.CloseStream(4), "publish", FALSE),
                row(new Call.Play(4, "stream1", -1), "play", NAME, AmfValue.of(-1)),
                row(new Call.Play(4, "stream1", -2), "play", NAME),
                row(new Call.CloseStream(4), "play", FALSE),
                row(new Call.Pause(4, true), "pause", AmfValue.of(true), AmfValue.of(1000)),
                row(new Call.Pause(4, false), "pause", FALSE),
                row(new Call.ReceiveAudio(4, false), "receiveAudio", FALSE),
                row(new Call.ReceiveVideo(4, true), "receiveVideo", AmfValue.of(true)),
                row(new Call.DeleteStream(4, 1), "deleteStream", AmfValue.of(1)),
                row(new Call.CloseStream(4), "closeStream"),
                row(new Call.GetStreamLength(4, "stream1"), "getStreamLength", NAME),
                row(new Call.CheckBandwidth(4), "_checkbw"),
                row(new Call.Unknown(4, "doIt"), "doIt", NAME));
    }

    static Arguments row(Call call, String name, AmfValue... arguments) {
        return Arguments.of(call, Command.of(name, 4, NULL, arguments));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void meansWhatTheTableSaysInBothEncodings(Call call, Command command) throws MalformedException {
        RtmpMessage amf0 = command.toMessage(1);
        assertEquals(call, Call.of(Command.read(amf0)));
        byte[] body = new byte[amf0.body().length() + 1];
        amf0.body().buffer().get(body, 1, body.length - 1);
        RtmpMessage amf3 = new RtmpMessage(MessageType.COMMAND_AMF3, 1, 0, Bytes.of(body));
        assertEquals(call, Call.of(Command.read(amf3)));
    }

    @Test
    void connectCarriesItsProperties() throws MalformedException {
        AmfValue properties = AmfValue.Obj.EMPTY.with("app", "live").with("objectEncoding", 3);
        Command command = Command.read(Command.of("connect", 1, properties).toMessage(0));
        Call.Connect connect = assertInstanceOf(Call.Connect.class, Call.of(command));
        assertEquals("live", connect.text("app"));
        assertEquals("", connect.text("tcUrl"));
        assertEquals(3, connect.objectEncoding());
    }

    @Test
    void codecsAreToldOnlyToThoseWhoAsk() {
        assertEquals(Map.of(), FourCc.answer(AmfValue.Obj.EMPTY.with("app", "live")));
        Map<String, AmfValue> answer = FourCc.answer(AmfValue.Obj.EMPTY.with("fourCcList", FourCc.list()));
        assertEquals(Map.of("fourCcList", FourCc.list()), answer);
    }

    @Test
    void aMessageWithoutANameIsRefused() {
        for (Bytes body : List.of(Bytes.EMPTY, Amf0Writer.encode(AmfValue.of(1)))) {
            RtmpMessage message = new RtmpMessage(MessageType.COMMAND_AMF0, 0, 0, body);
            assertThrows(MalformedException.class, () -> Command.read(message));
        }
    }

    @Test
    void aStatusSurvivesTheTrip() throws MalformedException {
        Status status = Status.error(Status.PUBLISH_BAD_NAME, "taken");
        Command read = Command.read(Command.onStatus(status).toMessage(1));
        assertEquals(status, Status.of(read.argument(0)));
        assertTrue(status.isError());
        assertEquals(new Status("", "", ""), Status.of(NULL));
    }

    static Stream<Arguments> controls() {
        return Stream.of(
                Arguments.of(new ControlMessage.SetChunkSize(4096), "00001000"),
                Arguments.of(new ControlMessage.Abort(6), "00000006"),
                Arguments.of(new ControlMessage.Acknowledgement(0xffffffffL), "ffffffff"),
                Arguments.of(new ControlMessage.WindowAckSize(2_500_000), "002625a0"),
                Arguments.of(new ControlMessage.SetPeerBandwidth(2_500_000, 2), "002625a002"),
                Arguments.of(new ControlMessage.UserControl(6, 0xfffffff0L), "0006fffffff0"));
    }

    @ParameterizedTest
    @MethodSource("controls")
    void controlMessagesAreWrittenAndReadAsTheTableSays(ControlMessage control, String hex) throws MalformedException {
        RtmpMessage message = control.toMessage();
        assertEquals(hex, HexFormat.of().formatHex(message.body().toByteArray()));
        assertEquals(Optional.of(control), ControlMessage.read(message));
    }

    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(500).boxed();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomBodiesAreReadOrRefused(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] noise = new byte[random.nextInt(60)];
        random.nextBytes(noise);
        RtmpMessage message = new RtmpMessage(random.nextInt(24), 1, 0, Bytes.of(noise));
        List<ThrowingRun> readers = List.of(
                () -> ControlMessage.read(message),
                () -> Call.of(Command.read(message)),
                () -> Aggregate.split(message, inner -> {}));
        for (ThrowingRun reader : readers) {
            try {
                reader.run();
            } catch (MalformedException refused) {
                assertTrue(refused.getMessage().length() > 10);
            }
        }
    }

    /** Something that may refuse its bytes. */
    private interface ThrowingRun {
        void run() throws MalformedException;
    }

    @Test
    void aggregatesAreTakenApartOnTheTimeOfTheirMessage() throws MalformedException {
        String tags = "08 000002 000064 00 000000 aabb 0000000d 09 000001 00006e 00 000000 cc 0000000c";
        RtmpMessage aggregate = new RtmpMessage(
                MessageType.AGGREGATE, 1, 1_000, Bytes.of(HexFormat.of().parseHex(tags.replace(" ", ""))));
        List<RtmpMessage> inner = new ArrayList<>();
        Aggregate.split(aggregate, inner::add);
        assertEquals(
                List.of(
                        new RtmpMessage(8, 1, 1_000, Bytes.of(new byte[] {(byte) 0xaa, (byte) 0xbb})),
                        new RtmpMessage(9, 1, 1_010, Bytes.of(new byte[] {(byte) 0xcc}))),
                inner);
    }

    @Test
    void aggregatesInsideAggregatesAreRefused() {
        byte[] tag = HexFormat.of().parseHex("16000000000000000000000000000b");
        RtmpMessage aggregate = new RtmpMessage(MessageType.AGGREGATE, 1, 0, Bytes.of(tag));
        assertThrows(MalformedException.class, () -> Aggregate.split(aggregate, inner -> {}));
    }
}
