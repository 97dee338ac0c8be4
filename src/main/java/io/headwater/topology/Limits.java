package io.headwater.topology;

/** What an entity waits for and keeps at most. Times in milliseconds. */
final class Limits {
    /** The other groups have this long to say whether the stream is published there. */
    static final long LOCATE_MS = 1000;
    /** A node that others lost has this long to say that it is there. */
    static final long SUSPECT_MS = 500;
    /** A home asks its main origin first, and is a long way off. */
    static final long DOUBT_MS = 1500;
    /** A peer that a node could not go on with is tried again after this long. */
    static final long FORGIVE_MS = 20_000;
    /** How long after a grant the publisher's node is asked whether it publishes. */
    static final long CONFIRM_MS = 3000;

    static final int CONFIRM_ASKS = 5;
    static final long RETRY_MS = 500;
    static final long RETRY_MAX_MS = 15_000;
    /** An entity that has nothing else to do stops after so many repetitions, acknowledged or not. */
    static final int FAREWELL_TRIES = 6;
    /** The grace where nobody remembers the application's. */
    static final long GRACE_MS = 15_000;
    /** A group waits this much longer than the home for the home's word that the grace is over. */
    static final long GRACE_SLACK_MS = 2000;
    /** A holder that is no member of the group is let go after so many repetitions. */
    static final int STRANGER_TRIES = 4;
    /** So often per epoch a group tries another secondary origin because one cannot reach the main origin. */
    static final int SECONDARY_MOVES = 3;

    static final int HOLDERS = 4096;
    static final int PARKED = 1024;
    static final int STASHED = 1024;
    static final int PUBLISHES = 64;
    static final int TOKENS = 64;
    static final int AVOIDED = 8;
    static final int GROUPS = 256;

    private Limits() {}

    static long retryMs(int tries) {
        return Math.min(RETRY_MS << Math.min(tries, 10), RETRY_MAX_MS);
    }
}
