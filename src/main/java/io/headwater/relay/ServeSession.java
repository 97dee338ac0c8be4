package io.headwater.relay;

import io.headwater.codec.MalformedException;
import io.headwater.codec.relay.EndCode;
import io.headwater.codec.relay.RelayMessage;
import io.headwater.codec.relay.RelayMessage.Challenge;
import io.headwater.codec.relay.RelayMessage.Hello;
import io.headwater.codec.relay.RelayMessage.Opening;
import io.headwater.codec.relay.RelayProof;
import io.headwater.codec.relay.RelayProtocol;
import io.headwater.codec.relay.RelayWriter;
import io.headwater.media.Bytes;

/** The upstream's side of a link's beginning: who is there, does it know the secret, and what does it want. */
final class ServeSession {
    private final RelaySelf self;
    private final Bytes secret;
    private final Bytes nonce;
    private Bytes opening = Bytes.EMPTY;
    private Bytes challenge = Bytes.EMPTY;

    /**
     * @param secret empty if there is none
     * @param nonce random, for this link only
     */
    ServeSession(RelaySelf self, Bytes secret, Bytes nonce) {
        this.self = self;
        this.secret = secret;
        this.nonce = nonce;
    }

    /** What to do about a message of the downstream. */
    sealed interface Step {
        record Say(Bytes message) implements Step {}

        /** The downstream is who it says: send the accept and give it the stream. */
        record Serve(Hello hello, Bytes accept) implements Step {}

        record Refuse(EndCode code, String text) implements Step {}
    }

    /**
     * One message of the handshake.
     *
     * @param body its bytes on the wire
     */
    Step on(RelayMessage message, Bytes body) throws MalformedException {
        if (message instanceof Opening asked && opening.isEmpty()) {
            opening = body;
            return onOpening(asked);
        } else if (message instanceof Hello hello && !challenge.isEmpty()) {
            return onHello(hello, RelayProof.helloFields(body));
        }
        throw new MalformedException(
                "a " + message.getClass().getSimpleName() + " arrived before the handshake was over");
    }

    private Step onOpening(Opening asked) {
        if (asked.agree(RelayProtocol.MAJOR, RelayProtocol.MAJOR).isEmpty()) {
            return new Step.Refuse(
                    EndCode.VERSION,
                    "this node speaks version " + RelayProtocol.MAJOR + " of the relay protocol, the other one "
                            + asked.lowestMajor() + " to " + asked.highestMajor());
        }
        Bytes message = Bytes.of(RelayWriter.write(new Challenge(
                RelayProtocol.MAJOR,
                RelayProtocol.MINOR,
                !secret.isEmpty(),
                0,
                nonce,
                self.node(),
                self.group().get())));
        challenge = message.from(RelayProtocol.HEADER_LENGTH);
        return new Step.Say(message);
    }

    private Step onHello(Hello hello, Bytes fields) {
        if (!secret.isEmpty() && !RelayProof.matches(proof(RelayProof.Role.DOWNSTREAM, fields), hello.proof())) {
            return new Step.Refuse(
                    EndCode.SECRET,
                    hello.proof().isEmpty()
                            ? "this node wants proof of the cluster secret and " + hello.node() + " has none"
                            : "the cluster secret of " + hello.node() + " is not the one of this node");
        }
        // one in need that this node is fed by has this node in its via, of course; the hub knows what to do with it
        boolean behind = hello.via().contains(self.node()) && !hello.inNeed();
        if (hello.node().equals(self.node()) || behind) {
            return new Step.Refuse(EndCode.LOOP, self.node() + " already waits for " + hello.key() + " itself");
        }
        Bytes proof = secret.isEmpty() ? Bytes.EMPTY : proof(RelayProof.Role.UPSTREAM, fields);
        return new Step.Serve(hello, Bytes.of(RelayWriter.write(new RelayMessage.Accept(proof))));
    }

    private Bytes proof(RelayProof.Role role, Bytes helloFields) {
        return RelayProof.of(role, secret, opening, challenge, helloFields);
    }
}
