package io.headwater.topology;

import java.util.Optional;

/**
 * What one node says it holds of the stream. The truth lives on the nodes; the entity arbitrates between claims.
 *
 * @param node who says so
 * @param round the {@link Action.AskHoldings#round()} that is answered; 0 if the node speaks unasked (it joined again)
 * @param holds whether the node wants the stream: from when it sends {@link Event.Play} or {@link Event.Publish} until
 *     it sends {@link Event.Stop}; if false the fields after {@code version} mean nothing
 * @param version the highest {@link Action.SendFeed#version()} the node has seen for this stream; 0 if none
 * @param epoch the publishing session it is in; 0 if none
 * @param published whether the publisher of that session is connected to it
 * @param standing the last feed it was told, if any
 * @param token of its newest {@link Event.Play} or {@link Event.Publish}; 0 if not known, and then it is asked again
 *     before a {@link Event.Stop} is believed
 */
public record Claim(
        Peer node,
        long round,
        boolean holds,
        long version,
        long epoch,
        boolean published,
        Optional<Feed> standing,
        long token) {

    /** A claim without the node's newest token. */
    public Claim(
            Peer node,
            long round,
            boolean holds,
            long version,
            long epoch,
            boolean published,
            Optional<Feed> standing) {
        this(node, round, holds, version, epoch, published, standing, 0);
    }

    /** The answer of a node that has nothing of the stream. */
    public static Claim nothing(Peer node, long round, long version) {
        return new Claim(node, round, false, version, 0, false, Optional.empty(), 0);
    }
}
