package io.headwater.topology;

/**
 * Names a timer of one entity. Setting one that is set already starts it anew.
 *
 * @param id tells timers of one kind apart; 0 where there is only one
 */
public record Timer(Kind kind, long id) {
    /** What is waited for. */
    public enum Kind {
        /** The answers of the group's nodes when the entity starts. */
        RECOVER,
        /** The answers of the other groups. */
        LOCATE,
        /** A publisher, for one play; the id is the entity's own number for that play. */
        PARK,
        /** A publisher that left. */
        GRACE,
        /** Acknowledgements. */
        RETRY,
        /** Main origin's word that it publishes. */
        CONFIRM,
        /** The answer of nodes that others lost. */
        SUSPECT,
        /** Links between nodes that failed: they get another chance. */
        FORGIVE
    }

    static Timer of(Kind kind) {
        return new Timer(kind, 0);
    }
}
