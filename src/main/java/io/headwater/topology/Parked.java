package io.headwater.topology;

/**
 * A play that waits for a publisher.
 *
 * @param id the entity's own number for it
 * @param expired its time is over, and it is answered as soon as the other groups were asked
 */
record Parked(long id, Peer peer, long token, boolean expired) {
    Timer timer() {
        return new Timer(Timer.Kind.PARK, id);
    }

    Parked withExpired() {
        return new Parked(id, peer, token, true);
    }
}
