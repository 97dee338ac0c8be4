package io.headwater.relay;

import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.IgnoreComplete$;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.TLSProtocol;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.TLS;
import org.apache.pekko.util.ByteString;

/**
 * TLS on a connection that came to the relay, with a switch that cuts the connection under it: Pekko's TLS waits for a peer
 * that stops in the middle of its handshake as long as the peer likes, whatever the link above it does.
 */
final class RelayTls {
    private RelayTls() {}

    /** @param cut cuts the connection as soon as it is thrown */
    static Flow<ByteString, ByteString, NotUsed> over(
            Flow<ByteString, ByteString, NotUsed> tcp, Supplier<SSLEngine> engine, SharedKillSwitch cut) {
        Flow<ByteString, TLSProtocol.SslTlsOutbound, NotUsed> out =
                Flow.of(ByteString.class).map(TLSProtocol.SendBytes::new);
        Flow<TLSProtocol.SslTlsInbound, ByteString, NotUsed> in = Flow.of(TLSProtocol.SslTlsInbound.class)
                .map(what ->
                        what instanceof TLSProtocol.SessionBytes some ? some.bytes() : ByteString.emptyByteString());
        Flow<ByteString, ByteString, NotUsed> cuttable =
                Flow.of(ByteString.class).via(cut.flow()).via(tcp).via(cut.flow());
        return BidiFlow.fromFlows(out, in)
                .atop(TLS.create(engine, IgnoreComplete$.MODULE$))
                .join(cuttable);
    }
}
