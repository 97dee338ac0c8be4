package io.headwater.gateway.rtmp;

import io.headwater.codec.amf.Amf0Writer;
import io.headwater.codec.amf.AmfValue;
import io.headwater.codec.rtmp.AckWindow;
import io.headwater.codec.rtmp.Call;
import io.headwater.codec.rtmp.Command;
import io.headwater.codec.rtmp.ControlMessage;
import io.headwater.codec.rtmp.ControlMessage.UserControl;
import io.headwater.codec.rtmp.FourCc;
import io.headwater.codec.rtmp.MessageType;
import io.headwater.codec.rtmp.RtmpMessage;
import io.headwater.codec.rtmp.Status;
import java.util.List;
import java.util.Map;

/** What this server answers, in the order clients of the last twenty years have come to expect. */
final class Replies {
    /** The one message stream of a connection: the bytes of a stream are the same for all its players then. */
    static final int STREAM_ID = 1;

    /** Clients compare it with what they know; this one is old enough for all of them. */
    private static final String SERVER_VERSION = "FMS/3,5,7,7009";

    private static final int CAPABILITIES = 31;
    /** "The limit is the smaller of this and the present one, if that was hard" (RTMP 1.0, 5.4.5). */
    private static final int DYNAMIC = 2;

    private Replies() {}

    static List<RtmpMessage> connected(Call.Connect connect, int chunkSize) {
        AmfValue.Obj server = AmfValue.Obj.EMPTY
                .with("fmsVer", SERVER_VERSION)
                .with("capabilities", CAPABILITIES)
                .with("mode", 1);
        AmfValue.Obj information = Status.ok(Status.CONNECT_SUCCESS, "Connection succeeded.")
                .toAmf()
                .with("objectEncoding", connect.objectEncoding());
        Map<String, AmfValue> codecs = FourCc.answer(connect.properties());
        for (Map.Entry<String, AmfValue> codec : codecs.entrySet()) {
            server = server.with(codec.getKey(), codec.getValue());
            information = information.with(codec.getKey(), codec.getValue());
        }
        return List.of(
                new ControlMessage.WindowAckSize(AckWindow.DEFAULT_BYTES).toMessage(),
                new ControlMessage.SetPeerBandwidth(AckWindow.DEFAULT_BYTES, DYNAMIC).toMessage(),
                new ControlMessage.SetChunkSize(chunkSize).toMessage(),
                Command.result(connect.transaction(), server, information).toMessage(0),
                Command.of("onBWDone", 0, AmfValue.Null.VALUE).toMessage(0));
    }

    static RtmpMessage rejected(Call.Connect connect, String reason) {
        return Command.error(connect.transaction(), Status.error(Status.CONNECT_REJECTED, reason))
                .toMessage(0);
    }

    /** A plain yes. */
    static RtmpMessage done(double transaction) {
        return Command.result(transaction, AmfValue.Null.VALUE, AmfValue.Undefined.VALUE)
                .toMessage(0);
    }

    static RtmpMessage number(double transaction, double value) {
        return Command.result(transaction, AmfValue.Null.VALUE, AmfValue.of(value))
                .toMessage(0);
    }

    static RtmpMessage failed(double transaction, String reason) {
        return Command.error(transaction, Status.error(Status.CALL_FAILED, reason))
                .toMessage(0);
    }

    static RtmpMessage status(Status status) {
        return Command.onStatus(status).toMessage(STREAM_ID);
    }

    static List<RtmpMessage> publishing(String stream) {
        Status started = Status.ok(Status.PUBLISH_START, stream + " is now published.");
        return List.of(
                streamEvent(UserControl.STREAM_BEGIN),
                Command.of("onFCPublish", 0, AmfValue.Null.VALUE, started.toAmf())
                        .toMessage(STREAM_ID),
                status(started));
    }

    static List<RtmpMessage> unpublished(String stream) {
        Status stopped = Status.ok(Status.UNPUBLISH_SUCCESS, stream + " is now unpublished.");
        return List.of(
                Command.of("onFCUnpublish", 0, AmfValue.Null.VALUE, stopped.toAmf())
                        .toMessage(STREAM_ID),
                status(stopped));
    }

    static List<RtmpMessage> playing(String stream) {
        return List.of(
                streamEvent(UserControl.STREAM_BEGIN),
                status(Status.ok(Status.PLAY_RESET, "Playing and resetting " + stream + ".")),
                status(Status.ok(Status.PLAY_START, "Started playing " + stream + ".")),
                new RtmpMessage(
                        MessageType.DATA_AMF0,
                        STREAM_ID,
                        0,
                        Amf0Writer.encode(AmfValue.of("|RtmpSampleAccess"), AmfValue.of(true), AmfValue.of(true))));
    }

    static List<RtmpMessage> ended(String stream) {
        return List.of(
                status(Status.ok(Status.PLAY_UNPUBLISH_NOTIFY, stream + " is no longer published.")),
                status(Status.ok(Status.PLAY_STOP, "Stopped playing " + stream + ".")),
                streamEvent(UserControl.STREAM_EOF));
    }

    private static RtmpMessage streamEvent(int event) {
        return new UserControl(event, STREAM_ID).toMessage();
    }
}
