package io.headwater.codec.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.relay.RelayProof.Role;
import io.headwater.media.Bytes;
import io.headwater.media.StreamKey;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class RelayProofTest {
    private static final Bytes SECRET = ascii("correct horse");
    private static final Bytes OPENING = Bytes.of(
            RelayWriter.write(new RelayMessage.Opening(1, 1, 0, Bytes.of(new byte[RelayProtocol.NONCE_LENGTH]))));
    private static final Bytes CHALLENGE = ascii("challenge");
    private static final Bytes HELLO = ascii("hello");

    @Test
    void isTheOneOfTheDocumentation() {
        assertEquals(
                "8c5e7c833cd27305c3f2b70781c03b504db7ef84a7c3372e1d6ae95103f35730",
                HexFormat.of()
                        .formatHex(proof(Role.DOWNSTREAM, SECRET, OPENING, CHALLENGE, HELLO)
                                .toByteArray()));
        assertEquals(
                "e904ff6bd20f8e93f21c549d3dd487fa8f01af6cafb23f98f07a8485d104132a",
                HexFormat.of()
                        .formatHex(proof(Role.UPSTREAM, SECRET, OPENING, CHALLENGE, HELLO)
                                .toByteArray()));
    }

    @Test
    void fitsOneRoleOneSecretAndOneConversationOnly() {
        Bytes right = proof(Role.DOWNSTREAM, SECRET, OPENING, CHALLENGE, HELLO);
        assertTrue(RelayProof.matches(right, proof(Role.DOWNSTREAM, SECRET, OPENING, CHALLENGE, HELLO)));
        for (Bytes wrong : List.of(
                Bytes.EMPTY,
                proof(Role.UPSTREAM, SECRET, OPENING, CHALLENGE, HELLO),
                proof(Role.DOWNSTREAM, ascii("correct hors"), OPENING, CHALLENGE, HELLO),
                proof(Role.DOWNSTREAM, SECRET, OPENING.from(1), CHALLENGE, HELLO),
                proof(Role.DOWNSTREAM, SECRET, OPENING, ascii("challengeh"), ascii("ello")),
                proof(Role.DOWNSTREAM, SECRET, OPENING, CHALLENGE, ascii("hallo")))) {
            assertFalse(RelayProof.matches(right, wrong));
        }
    }

    @Test
    void coversTheFieldsOfAHelloButNotTheProofInIt() throws Exception {
        RelayMessage.Hello hello = new RelayMessage.Hello(
                Bytes.EMPTY, 0, new NodeId("e"), new NodeGroup("g"), new StreamKey("a", "b"), 1, 2, List.of(), false);
        Bytes fields = RelayWriter.helloFields(hello);
        RelayReader reader = RelayReader.atDownstream(0);
        Bytes proof = proof(Role.DOWNSTREAM, SECRET, OPENING, CHALLENGE, fields);
        assertEquals(hello.withProof(proof), reader.read(ByteBuffer.wrap(RelayWriter.write(hello.withProof(proof)))));
        assertEquals(fields, RelayProof.helloFields(reader.body()));
        reader.read(ByteBuffer.wrap(RelayWriter.write(hello)));
        assertEquals(fields, RelayProof.helloFields(reader.body()));
    }

    private static Bytes proof(Role role, Bytes secret, Bytes opening, Bytes challenge, Bytes hello) {
        return RelayProof.of(role, secret, opening, challenge, hello);
    }

    private static Bytes ascii(String text) {
        return Bytes.of(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
}
