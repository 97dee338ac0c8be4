package io.headwater.api;

import java.time.Duration;
import java.util.Optional;

/** Takes this node out of service. */
public interface DrainControl {
    /**
     * Begins to, and returns at once. Called again it changes nothing.
     *
     * @param within how long it may take; nothing for what is configured
     * @return how it stands, in one line
     */
    String drain(Optional<Duration> within);

    /** How far it is. */
    State state();

    /** The states of a node. */
    enum State {
        /** It takes publishers and players. */
        RUNNING("running"),
        /** It takes nothing new, and what it has moves to others. */
        DRAINING("draining"),
        /** It has nothing left and is no member of the cluster any more; its process may be ended. */
        DRAINED("drained");

        private final String wireName;

        State(String wireName) {
            this.wireName = wireName;
        }

        /** The spelling of the REST API. */
        public String wireName() {
            return wireName;
        }
    }
}
