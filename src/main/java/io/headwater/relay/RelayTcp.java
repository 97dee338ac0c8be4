package io.headwater.relay;

import io.headwater.codec.relay.RelayProtocol;
import io.headwater.media.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.io.Inet.SocketOption;
import org.apache.pekko.io.TcpSO;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Attributes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What both directions of the relay share about sockets, threads and secrets. */
final class RelayTcp {
    /** The dispatcher of {@code headwater-media.conf}. */
    static final String DISPATCHER = "headwater.media-dispatcher";

    private static final Logger log = LoggerFactory.getLogger(RelayTcp.class);
    private static final SecureRandom RANDOM = new SecureRandom();

    private RelayTcp() {}

    static List<SocketOption> options(RelaySettings settings) {
        return List.of(
                TcpSO.tcpNoDelay(true),
                TcpSO.sendBufferSize(settings.sendBufferBytes()),
                TcpSO.receiveBufferSize(settings.receiveBufferBytes()));
    }

    /** Runs links on the media dispatcher; on the system's own one, said once, if the system has no such dispatcher. */
    static Attributes attributes(ActorSystem<?> system) {
        if (Adapter.toClassic(system).dispatchers().hasDispatcher(DISPATCHER)) {
            return ActorAttributes.dispatcher(DISPATCHER);
        }
        log.warn("the media system was started without headwater-media.conf: relay links share its default dispatcher");
        return Attributes.none();
    }

    static Bytes secret(RelaySettings settings) {
        return Bytes.of(settings.secret().getBytes(StandardCharsets.UTF_8));
    }

    static Bytes nonce() {
        byte[] nonce = new byte[RelayProtocol.NONCE_LENGTH];
        RANDOM.nextBytes(nonce);
        return Bytes.of(nonce);
    }
}
