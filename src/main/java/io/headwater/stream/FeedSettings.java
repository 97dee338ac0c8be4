package io.headwater.stream;

/**
 * The times a {@link FeedMachine} goes by, in milliseconds.
 *
 * @param suspectMs a feed silent for longer is doubted
 * @param lingerMs how long a feed is kept after the last subscriber
 * @param parkMs how long a viewer waits for a publisher
 * @param graceMs how long the directory waits for a publisher that left
 */
record FeedSettings(long suspectMs, long lingerMs, long parkMs, long graceMs) {
    /** How long the directory may take to answer beyond the parking time, and to end a grace time. */
    static final long DIRECTORY_MARGIN_MS = 2_000;

    /** A feed that said its stream ended: the directory is given so long to say what comes next before it is asked. */
    static final long ENDED_WAIT_MS = 300;

    /** A hub whose feed cannot be restored gives its subscribers up after so long. */
    static final long PATIENCE_MS = 180_000;

    /** The same for a hub that never had a frame. */
    static final long FRESH_PATIENCE_MS = 15_000;

    /** A peer that is still looking for the stream itself is not doubted for so long. */
    static final long PEER_WAIT_MS = 1_500;

    /**
     * The same for a hub that never had a frame: a first link over far regions takes several round trips. The only node that is
     * known to have the stream may be silent for so long as well before it is asked over a second connection.
     */
    static final long FRESH_PEER_WAIT_MS = 5_000;

    /**
     * The only node that has a stream, and is heard over other links, may say nothing of this one for so long. Then its
     * connection may be what is gone.
     */
    static final long BUSY_PEER_WAIT_MS = 5_000;

    /**
     * The same for a hub that never had a frame: with hundreds of streams asked for at once at a node that has just started it
     * takes a while until the last of them is served, and whoever hangs up and asks again waits behind all others.
     */
    static final long FRESH_BUSY_PEER_WAIT_MS = 10_000;

    /**
     * A peer may take so long to say its first word to a hub that never had a frame; then the next one is opened beside it.
     * A peer that still looks for the stream itself says so, and is not meant. A new play at a node whose peer hangs is
     * served within 1.5 s.
     */
    static final long FIRST_WORD_MS = 1_000;

    static FeedSettings of(HubSettings hubs, AppSettings app) {
        return new FeedSettings(
                hubs.suspectAfter().toMillis(),
                app.linger().toMillis(),
                app.park().toMillis(),
                app.publisherGrace().toMillis());
    }
}
