package io.headwater.codec.rtmp;

import io.headwater.codec.amf.AmfValue;
import java.util.Optional;

/**
 * The answer that sends a player to another server: a rejection whose {@code ex} has code 302 and the address, as players
 * of Flash's time and those of other servers' redirects know it.
 */
public final class Redirect {
    private static final double FOUND = 302;

    private Redirect() {}

    /** @param url where the same stream is, {@code rtmp://host:port/app/stream} */
    public static RtmpMessage message(String url, String description) {
        AmfValue.Obj exception = AmfValue.Obj.EMPTY.with("code", FOUND).with("redirect", url);
        return Command.of(
                        Command.ON_STATUS,
                        0,
                        AmfValue.Null.VALUE,
                        Status.error(Status.CONNECT_REJECTED, description)
                                .toAmf()
                                .with("ex", exception))
                .toMessage(0);
    }

    /** The address in an information object, if it is a redirect. */
    public static Optional<String> of(AmfValue information) {
        AmfValue exception = information.asMembers().get("ex");
        if (exception == null) {
            return Optional.empty();
        }
        AmfValue code = exception.asMembers().get("code");
        AmfValue url = exception.asMembers().get("redirect");
        return code != null && url != null && code.asNumber(0) == FOUND ? url.asText() : Optional.empty();
    }
}
