package io.headwater.gateway.rtmp;

import io.headwater.codec.MalformedException;
import io.headwater.codec.rtmp.Call;
import io.headwater.codec.rtmp.Command;
import io.headwater.codec.rtmp.ControlMessage.UserControl;
import io.headwater.codec.rtmp.Reconnect;
import io.headwater.codec.rtmp.Redirect;
import io.headwater.codec.rtmp.RtmpMessage;
import io.headwater.codec.rtmp.Status;
import io.headwater.codec.rtmp.StreamName;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Admission;
import io.headwater.stream.Streams;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one client asks for: connects, then publishes or plays one stream at a time on message stream 1.
 *
 * <p>Commands of Flash-era clients that mean nothing here are answered politely, because their senders wait for it.
 */
final class RtmpSession {
    /** The query parameter of a published name that says what the publisher wants to be. */
    private static final String ROLE = "role";

    private static final Map<String, Streams.PublisherRole> ROLES =
            Map.of("primary", Streams.PublisherRole.PRIMARY, "backup", Streams.PublisherRole.BACKUP);

    private final RtmpConnection connection;
    private final RtmpSettings settings;
    private final Admission admission;
    private final Streams streams;
    private final Counters counters;
    private final RtmpWireFormat format;

    private Call.@Nullable Connect connect;
    private @Nullable RtmpIngest ingest;
    private @Nullable RtmpEgress egress;
    private long idleSince;
    private long lastMedia;
    private long lastPing;

    RtmpSession(
            RtmpConnection connection,
            RtmpSettings settings,
            Admission admission,
            Streams streams,
            Counters counters,
            RtmpWireFormat format) {
        this.connection = connection;
        this.settings = settings;
        this.admission = admission;
        this.streams = streams;
        this.counters = counters;
        this.format = format;
    }

    /** The stream for a log line, with a blank before it; nothing if there is none yet. */
    String shownStream() {
        return ingest != null
                ? ingest.key().map(key -> " " + key).orElse("")
                : egress != null ? " " + egress.key() : "";
    }

    void onHandshake() {
        idleSince = System.nanoTime();
        connection.restartClock();
    }

    void onCommand(RtmpMessage message) throws MalformedException {
        Call call = Call.of(Command.read(message));
        if (call instanceof Call.Connect asked) {
            onConnect(asked);
        } else if (connect == null) {
            throw new MalformedException(
                    "command before connect: " + call.getClass().getSimpleName());
        } else {
            onCall(call, connect);
        }
        connection.flush();
    }

    /** Media of a connection that does not publish is thrown away: encoders send some after they said goodbye. */
    void onMedia(RtmpMessage message) throws MalformedException {
        if (ingest != null) {
            lastMedia = System.nanoTime();
            ingest.media(message);
        }
    }

    void writabilityChanged() {
        if (egress != null) {
            egress.writabilityChanged();
        }
    }

    /** The connection is gone. */
    void onClosed() {
        if (ingest != null) {
            ingest.lost();
            ingest = null;
        }
        stopPlaying();
    }

    /** Acts on what is due at {@code now} and says after how many nanoseconds to ask again. */
    long onClock(long now) {
        if (ingest != null) {
            lastMedia = ingest.isWaiting() ? now : lastMedia;
            long left = lastMedia + settings.publisherTimeout().toNanos() - now;
            if (left <= 0) {
                connection.fail(
                        Metric.RTMP_PUBLISHERS_SILENT,
                        "publisher sent no media for "
                                + settings.publisherTimeout().toMillis() + " ms");
            }
            return left;
        }
        if (egress != null) {
            if (lastPing + settings.pingInterval().toNanos() - now <= 0) {
                lastPing = now;
                connection.write(new UserControl(UserControl.PING_REQUEST, now / 1_000_000 & 0xffffffffL).toMessage());
                connection.flush();
            }
            return lastPing + settings.pingInterval().toNanos() - now;
        }
        long left = idleSince + settings.commandTimeout().toNanos() - now;
        if (left <= 0) {
            connection.fail(
                    Metric.RTMP_TIMEOUTS,
                    "neither published nor played for "
                            + settings.commandTimeout().toMillis() + " ms");
        }
        return left;
    }

    private void onConnect(Call.Connect asked) {
        StreamName name = StreamName.of(asked.text("app"), "", asked.text("tcUrl"));
        // clients may put the application into the stream's name instead
        Optional<String> problem = name.app().isEmpty() ? Optional.empty() : StreamKey.problem(name.app(), "any");
        if (problem.isPresent()) {
            connection.write(Replies.rejected(asked, problem.get()));
            refused(problem.get());
            return;
        }
        connect = asked;
        write(Replies.connected(asked, settings.chunkSize()));
    }

    private void onCall(Call call, Call.Connect connected) {
        if (call instanceof Call.CreateStream) {
            onCreateStream(call.transaction());
        } else if (call instanceof Call.Publish publish) {
            onPublish(StreamName.of(connected.text("app"), publish.name(), connected.text("tcUrl")));
        } else if (call instanceof Call.Play play) {
            onPlay(StreamName.of(connected.text("app"), play.name(), connected.text("tcUrl")));
        } else if (call instanceof Call.FcUnpublish) {
            stopPublishing();
            connection.write(Replies.done(call.transaction()));
        } else if (call instanceof Call.DeleteStream || call instanceof Call.CloseStream) {
            stopPublishing();
            stopPlaying();
        } else if (call instanceof Call.Pause pause) {
            onPause(pause.paused());
        } else if (call instanceof Call.GetStreamLength || call instanceof Call.CheckBandwidth) {
            connection.write(Replies.number(call.transaction(), 0));
        } else if (call instanceof Call.ReleaseStream || call instanceof Call.FcPublish) {
            connection.write(Replies.done(call.transaction()));
        } else if (call instanceof Call.Unknown unknown && unknown.isAnswered()) {
            connection.write(Replies.failed(call.transaction(), "this server does not know the command"));
        }
        // receiveAudio and receiveVideo: the bytes are shared by all players, so everybody gets all tracks
    }

    /** Clients that ask twice before they begin get the same stream; a second one beside the first is refused. */
    private void onCreateStream(double transaction) {
        boolean busy = ingest != null || egress != null;
        connection.write(
                busy
                        ? Replies.failed(transaction, "one stream per connection, and this one has" + shownStream())
                        : Replies.number(transaction, Replies.STREAM_ID));
    }

    /**
     * Asks the client to go on at {@code place} ({@code host:port}; nothing: to connect again where it came from).
     *
     * @return whether it can be asked, and has a reason to go
     */
    boolean reconnect(Optional<String> place) {
        Call.Connect connected = connect;
        if (connected == null || (ingest == null && egress == null) || !Reconnect.isKnownTo(connected)) {
            return false;
        }
        counters.increment(Metric.DRAIN_RECONNECTS_ASKED);
        Optional<String> tcUrl = place.flatMap(to -> Reconnect.tcUrl(connected, to));
        connection.write(Reconnect.request(tcUrl, "this node is being taken out of service"));
        connection.flush();
        connection.info("asked to reconnect" + tcUrl.map(url -> " to " + url).orElse(""));
        return true;
    }

    /**
     * Sends the player on: by Enhanced RTMP's request if it knows that, by a redirect that older players know anyway.
     *
     * @param url the whole address, with what says that it was sent
     */
    void redirect(String url, Admission.Decision.Elsewhere elsewhere) {
        Call.Connect connected = connect;
        if (connected != null && Reconnect.isKnownTo(connected)) {
            Optional<String> tcUrl = Reconnect.tcUrl(
                            connected, elsewhere.place().rtmp())
                    .map(to -> to + (to.indexOf('?') < 0 ? "?" : "&") + Admission.REDIRECTED + "=1");
            connection.write(Reconnect.request(tcUrl, elsewhere.reason()));
        }
        connection.write(Redirect.message(url, elsewhere.reason()));
    }

    private void onPublish(StreamName name) {
        Optional<StreamKey> key = StreamKey.of(name.app(), name.streamId());
        Optional<Streams.PublisherRole> role = role(name);
        if (key.isEmpty()) {
            refuse(Status.PUBLISH_BAD_NAME, problem(name));
        } else if (role.isEmpty()) {
            refuse(
                    Status.PUBLISH_BAD_NAME,
                    "role=" + shown(name.parameters().getOrDefault(ROLE, "")) + ": expected primary or backup");
        } else if (ingest != null || egress != null) {
            refuse(Status.PUBLISH_BAD_NAME, "this connection has a stream already");
        } else {
            lastMedia = System.nanoTime();
            ingest = new RtmpIngest(connection, counters, key.get(), role.get());
            ingest.start(admission, name.parameters(), streams);
            connection.restartClock();
        }
    }

    private void onPlay(StreamName name) {
        Optional<StreamKey> key = StreamKey.of(name.app(), name.streamId());
        if (key.isEmpty()) {
            refuse(Status.PLAY_STREAM_NOT_FOUND, problem(name));
        } else if (ingest != null) {
            refuse(Status.PLAY_FAILED, "this connection has a stream already");
        } else {
            stopPlaying();
            lastPing = System.nanoTime();
            egress = new RtmpEgress(connection, counters, key.get());
            egress.start(admission, name.parameters(), streams, format);
            connection.restartClock();
        }
    }

    private void onPause(boolean paused) {
        if (egress == null) {
            return;
        }
        egress.pause(paused);
        connection.write(Replies.status(
                paused
                        ? Status.ok(Status.PAUSE_NOTIFY, "Paused.")
                        : Status.ok(Status.UNPAUSE_NOTIFY, "Going on at the newest keyframe.")));
    }

    private void stopPublishing() {
        if (ingest != null) {
            write(Replies.unpublished(ingest.key().map(StreamKey::toString).orElse("")));
            ingest.finished();
            ingest = null;
            idleSince = System.nanoTime();
            connection.restartClock();
        }
    }

    private void stopPlaying() {
        if (egress != null) {
            egress.close();
            egress = null;
            idleSince = System.nanoTime();
        }
    }

    private void refuse(String code, String reason) {
        connection.write(Replies.status(Status.error(code, reason)));
        refused(reason);
    }

    private void refused(String reason) {
        connection.info("refused: " + reason);
        connection.leave();
    }

    private void write(List<RtmpMessage> messages) {
        messages.forEach(connection::write);
    }

    private static Optional<Streams.PublisherRole> role(StreamName name) {
        return Optional.ofNullable(ROLES.get(name.parameters().getOrDefault(ROLE, "primary")));
    }

    private static String shown(String text) {
        String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
        return printable.length() <= 40 ? printable : printable.substring(0, 40) + "...";
    }

    private static String problem(StreamName name) {
        return StreamKey.problem(name.app(), name.streamId()).orElse("");
    }
}
