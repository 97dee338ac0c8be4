package io.headwater.codec.rtmp;

import io.headwater.codec.amf.AmfValue;
import java.util.Optional;

/**
 * The reconnect request of Enhanced RTMP v2: the server asks a client to go on over another connection. The client goes on
 * with this one up to the next place where it can change, a keyframe.
 */
public final class Reconnect {
    /** Bit of {@code capsEx} in {@code connect} and its result: knows what a reconnect request is. */
    static final int CAPABILITY = 0x01;

    static final String CODE = "NetConnection.Connect.ReconnectRequest";

    private Reconnect() {}

    /** Whether the client said that it can be asked. */
    public static boolean isKnownTo(Call.Connect connect) {
        AmfValue capsEx = connect.properties().asMembers().get("capsEx");
        return capsEx != null && ((int) capsEx.asNumber(0) & CAPABILITY) != 0;
    }

    /**
     * The request.
     *
     * @param tcUrl where to go; nothing to come back to where the client is connected
     * @param description one line for people
     */
    public static RtmpMessage request(Optional<String> tcUrl, String description) {
        AmfValue.Obj information =
                AmfValue.Obj.EMPTY.with("level", "status").with("code", CODE).with("description", description);
        if (tcUrl.isPresent()) {
            information = information.with("tcUrl", tcUrl.get());
        }
        // of the connection, so on message stream 0
        return Command.of(Command.ON_STATUS, 0, AmfValue.Null.VALUE, information)
                .toMessage(0);
    }

    /** The client's own {@code tcUrl} with another {@code host:port}; nothing if it did not come over plain RTMP. */
    public static Optional<String> tcUrl(Call.Connect connect, String place) {
        String scheme = "rtmp://";
        String own = connect.text("tcUrl");
        if (!own.regionMatches(true, 0, scheme, 0, scheme.length())) {
            return Optional.empty();
        }
        int path = own.indexOf('/', scheme.length());
        return Optional.of(scheme + place + (path < 0 ? "/" + connect.text("app") : own.substring(path)));
    }
}
