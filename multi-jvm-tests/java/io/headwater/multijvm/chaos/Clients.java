package io.headwater.multijvm.chaos;

import io.headwater.bench.Loop;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The threads of the tests' own clients: publishers are not held up by what many players get. */
record Clients(Loop publishing, Loop watching, Lateness lateness) implements AutoCloseable {
    static Clients start() {
        try {
            Loop players = new Loop("players");
            return new Clients(new Loop("publishers"), players, Lateness.of(players));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        publishing.close();
        watching.close();
    }
}
