package io.headwater.multijvm;

import io.headwater.codec.MalformedException;
import io.headwater.codec.relay.RelayMessage;
import io.headwater.codec.relay.RelayProof;
import io.headwater.codec.relay.RelayReader;
import io.headwater.codec.relay.RelayWriter;
import io.headwater.media.Bytes;
import io.headwater.media.StreamKey;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A downstream node as the relay port sees it, with a handshake that is as wrong as the test wants. */
final class RelayPeer {
    private static final NodeId NODE = new NodeId("stranger");

    private final Socket socket;
    private final RelayReader reader = RelayReader.atDownstream(1 << 20);

    RelayPeer(Socket socket) {
        this.socket = socket;
    }

    /** The first bytes of a node that speaks that version only. */
    static byte[] opening(int version) {
        return RelayWriter.write(new RelayMessage.Opening(version, version, 0, Bytes.of(new byte[32])));
    }

    void hello(String streamId, String secret) throws IOException {
        Bytes key = Bytes.of(secret.getBytes(StandardCharsets.UTF_8));
        Bytes proof = RelayProof.of(RelayProof.Role.DOWNSTREAM, key, Bytes.of(opening(1)), Bytes.EMPTY, Bytes.EMPTY);
        socket.getOutputStream()
                .write(RelayWriter.write(new RelayMessage.Hello(
                        proof,
                        0,
                        NODE,
                        new NodeGroup("default"),
                        new StreamKey("live", streamId),
                        0,
                        -1,
                        List.of(NODE),
                        false)));
    }

    RelayMessage next() throws IOException, MalformedException {
        while (true) {
            int one = socket.getInputStream().read();
            if (one < 0) {
                throw new IOException("closed without a word");
            }
            RelayMessage message = reader.read(ByteBuffer.wrap(new byte[] {(byte) one}));
            if (message != null) {
                return message;
            }
        }
    }
}
