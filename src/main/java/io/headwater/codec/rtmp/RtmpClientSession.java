package io.headwater.codec.rtmp;

import io.headwater.codec.MalformedException;
import io.headwater.codec.amf.Amf0Writer;
import io.headwater.codec.amf.AmfValue;
import io.headwater.media.Bytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * A client's side of one connection that publishes or plays one stream, without I/O: bytes in, bytes and events out.
 *
 * <p>Send what {@link #start} returns, give {@link #receive} all that arrives, and send what it hands to
 * {@link Output#send}. After {@link Started} a publisher sends the bytes of {@link #media}; a player hears
 * {@link Output#media}. Not thread-safe.
 */
public final class RtmpClientSession {
    /** What this side cuts its messages into. */
    public static final int CHUNK_SIZE = 60_000;

    private static final double CONNECT = 1;
    private static final double RELEASE_STREAM = 2;
    private static final double FC_PUBLISH = 3;
    private static final double CREATE_STREAM = 4;
    private static final double PUBLISH_OR_PLAY = 5;
    private static final double GOODBYE = 6;
    /** Live only. */
    private static final double START_LIVE = -1;

    private static final Bytes SET_DATA_FRAME = Amf0Writer.encode(AmfValue.of("@setDataFrame"));
    private static final Bytes ON_META_DATA = Amf0Writer.encode(AmfValue.of("onMetaData"));

    /** Hears what a session wants and gets. */
    public interface Output {
        /** Bytes for the server. */
        void send(Bytes bytes);

        void event(Event event);

        /** A message of the stream that is played; {@link RtmpMessage#isMedia} holds for it. */
        default void media(RtmpMessage message) {}

        /**
         * The server asks to go on over another connection; only of a session that {@linkplain #reconnecting can}.
         *
         * @param tcUrl where to, empty for the same place
         */
        default void reconnect(Optional<String> tcUrl) {}
    }

    /** A step of the session. */
    public sealed interface Event permits Started, Refused, Ended {}

    /** The server takes the publisher's media, or begins to send the player's. */
    public record Started() implements Event {}

    /**
     * The server said no; close the connection.
     *
     * @param redirect where it says the stream is to be had instead
     */
    public record Refused(Status status, Optional<String> redirect) implements Event {}

    /** The server says that the stream is over; close the connection. */
    public record Ended(Status status) implements Event {}

    private enum Role {
        PUBLISHER,
        PLAYER
    }

    private final Role role;
    private final RtmpUrl url;
    private final ClientHandshake handshake;
    private final ChunkReader reader = new ChunkReader(RtmpLimits.DEFAULTS);
    private final ChunkWriter writer = new ChunkWriter();
    private final AckWindow acks = new AckWindow();
    private int streamId;
    private boolean reconnects;

    private RtmpClientSession(Role role, RtmpUrl url, RandomGenerator random) {
        this.role = role;
        this.url = url;
        this.handshake = new ClientHandshake(random, true);
    }

    public static RtmpClientSession publisher(RtmpUrl url, RandomGenerator random) {
        return new RtmpClientSession(Role.PUBLISHER, url, random);
    }

    public static RtmpClientSession player(RtmpUrl url, RandomGenerator random) {
        return new RtmpClientSession(Role.PLAYER, url, random);
    }

    /** This session, which tells the server that it may be asked to reconnect (Enhanced RTMP v2). Before {@link #start}. */
    public RtmpClientSession reconnecting() {
        reconnects = true;
        return this;
    }

    /** What to send when the connection is made. */
    public Bytes start() {
        return handshake.start();
    }

    /** Takes all of {@code in}; after an exception the connection can only be closed. */
    public void receive(ByteBuffer in, Output out) throws MalformedException {
        if (!handshake.isDone()) {
            Bytes answer = handshake.read(in);
            if (!handshake.isDone()) {
                return;
            }
            out.send(answer);
            send(new ControlMessage.SetChunkSize(CHUNK_SIZE).toMessage(), out);
            send(connect(), out);
        }
        reader.read(in, message -> onMessage(message, out));
        OptionalLong due = acks.due(reader.bytesRead());
        if (due.isPresent()) {
            send(new ControlMessage.Acknowledgement(due.getAsLong()).toMessage(), out);
        }
    }

    /**
     * The bytes of one FLV tag for the server. Only after {@link Started}.
     *
     * @param tagType 8, 9 or 18
     * @param timestampMs taken modulo 2^32
     * @param body the tag's body
     */
    public Bytes media(int tagType, long timestampMs, Bytes body) {
        Bytes sent = tagType == MessageType.DATA_AMF0 && startsWith(body, ON_META_DATA)
                ? joined(SET_DATA_FRAME, body)
                : body;
        return writer.write(new RtmpMessage(tagType, streamId, timestampMs & 0xffffffffL, sent));
    }

    /** The number the server gave the stream; only after {@link Started}. */
    public int streamId() {
        return streamId;
    }

    /** Metadata as a publisher sends it: {@code body} begins with {@code onMetaData}. */
    public static Bytes dataFrame(Bytes body) {
        return joined(SET_DATA_FRAME, body);
    }

    /** The bytes that say goodbye; close the connection after them. */
    public Bytes finish() {
        Bytes delete = writer.write(Command.of("deleteStream", GOODBYE + 1, AmfValue.Null.VALUE, AmfValue.of(streamId))
                .toMessage(0));
        if (role == Role.PLAYER) {
            return delete;
        }
        return joined(writer.write(call("FCUnpublish", GOODBYE)), delete);
    }

    private void onMessage(RtmpMessage message, Output out) throws MalformedException {
        switch (message.type()) {
            case MessageType.COMMAND_AMF0, MessageType.COMMAND_AMF3 -> onCommand(Command.read(message), out);
            case MessageType.AGGREGATE -> Aggregate.split(message, inner -> onMessage(inner, out));
            case MessageType.WINDOW_ACK_SIZE, MessageType.SET_PEER_BANDWIDTH, MessageType.USER_CONTROL -> {
                Optional<ControlMessage> control = ControlMessage.read(message);
                control.ifPresent(known -> onControl(known, out));
            }
            default -> {
                if (message.isMedia()) {
                    out.media(message);
                }
            }
        }
    }

    private void onControl(ControlMessage control, Output out) {
        if (control instanceof ControlMessage.WindowAckSize window) {
            acks.resize(window.bytes());
        } else if (control instanceof ControlMessage.SetPeerBandwidth bandwidth) {
            send(new ControlMessage.WindowAckSize(bandwidth.bytes()).toMessage(), out);
        } else if (control instanceof ControlMessage.UserControl ping
                && ping.event() == ControlMessage.UserControl.PING_REQUEST) {
            int response = ControlMessage.UserControl.PING_RESPONSE;
            send(new ControlMessage.UserControl(response, ping.value()).toMessage(), out);
        }
    }

    private void onCommand(Command command, Output out) {
        switch (command.name()) {
            case Command.RESULT -> onResult(command, out);
            case Command.ERROR -> onError(command, out);
            case Command.ON_STATUS -> onStatus(command.argument(0), out);
            default -> {}
        }
    }

    private void onResult(Command result, Output out) {
        if (result.transaction() == CONNECT) {
            if (role == Role.PUBLISHER) {
                send(call("releaseStream", RELEASE_STREAM), out);
                send(call("FCPublish", FC_PUBLISH), out);
            }
            send(Command.of("createStream", CREATE_STREAM, AmfValue.Null.VALUE).toMessage(0), out);
        } else if (result.transaction() == CREATE_STREAM) {
            streamId = (int) result.argument(0).asNumber(1);
            AmfValue name = AmfValue.of(url.name());
            Command command = role == Role.PUBLISHER
                    ? Command.of("publish", PUBLISH_OR_PLAY, AmfValue.Null.VALUE, name, AmfValue.of("live"))
                    : Command.of("play", PUBLISH_OR_PLAY, AmfValue.Null.VALUE, name, AmfValue.of(START_LIVE));
            send(command.toMessage(streamId), out);
        }
    }

    /** Servers need not know releaseStream and FCPublish. */
    private static void onError(Command error, Output out) {
        boolean matters = error.transaction() == CONNECT || error.transaction() >= CREATE_STREAM;
        if (matters) {
            out.event(new Refused(Status.of(error.argument(0)), Redirect.of(error.argument(0))));
        }
    }

    private void onStatus(AmfValue information, Output out) {
        Status status = Status.of(information);
        if (status.isError()) {
            out.event(new Refused(status, Redirect.of(information)));
            return;
        }
        switch (status.code()) {
            case Status.PUBLISH_START, Status.PLAY_START -> out.event(new Started());
            case Status.PLAY_UNPUBLISH_NOTIFY, Status.PLAY_STOP -> out.event(new Ended(status));
            case Reconnect.CODE -> {
                if (reconnects) {
                    out.reconnect(Optional.ofNullable(information.asMembers().get("tcUrl"))
                            .flatMap(AmfValue::asText));
                }
            }
            default -> {}
        }
    }

    private RtmpMessage connect() {
        AmfValue.Obj properties = AmfValue.Obj.EMPTY
                .with("app", url.app())
                .with("type", "nonprivate")
                .with("flashVer", "FMLE/3.0 (compatible; Headwater)")
                .with("tcUrl", url.tcUrl())
                .with("fourCcList", FourCc.list());
        if (reconnects) {
            properties = properties.with("capsEx", AmfValue.of(Reconnect.CAPABILITY));
        }
        return Command.of("connect", CONNECT, properties).toMessage(0);
    }

    private RtmpMessage call(String name, double transaction) {
        return Command.of(name, transaction, AmfValue.Null.VALUE, AmfValue.of(url.name()))
                .toMessage(0);
    }

    private void send(RtmpMessage message, Output out) {
        out.send(writer.write(message));
    }

    private static boolean startsWith(Bytes bytes, Bytes head) {
        return bytes.length() >= head.length() && bytes.slice(0, head.length()).equals(head);
    }

    private static Bytes joined(Bytes head, Bytes tail) {
        byte[] both = Arrays.copyOfRange(head.array(), head.offset(), head.offset() + head.length() + tail.length());
        System.arraycopy(tail.array(), tail.offset(), both, head.length(), tail.length());
        return Bytes.of(both);
    }
}
