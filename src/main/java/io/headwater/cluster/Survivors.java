package io.headwater.cluster;

import io.headwater.cluster.registry.Registry;
import org.apache.pekko.actor.typed.ActorSystem;

/** What outlives the lives of a control plane, and has to know when there is one. Called by one thread. */
record Survivors(Desk desk, ReplicatedNotes notes, ReplicatedNotes lastingNotes, Registry registry, Entrance entrance) {

    /** A life began; the registry and the desk hear of it when it can use them. */
    void begun(ActorSystem<?> life) {
        notes.attach(life);
        lastingNotes.attach(life);
    }

    /** There is no cluster to talk to until the next life. */
    void over() {
        desk.detach();
        notes.detach();
        lastingNotes.detach();
        registry.detach();
    }
}
