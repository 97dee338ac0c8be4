package io.headwater.multijvm.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What measures goes before what is measured: a picture that the players read late looks like a gap of the server's. Nodes are
 * sessions of their own, between which Linux shares the processor first, so that it is the session's share that has to be
 * larger. Only root may ask for that; elsewhere nothing happens, and the table says how late the players were.
 */
final class Precedence implements AutoCloseable {
    private static final Path SESSION = Path.of("/proc/self/autogroup");
    /** Nine times the share of a session that has asked for nothing. */
    private static final String FIRST = "-10";

    private final String before;

    private Precedence(String before) {
        this.before = before;
    }

    static Precedence ofThisSession() {
        try {
            // "/autogroup-17 nice 0"
            String line = Files.readString(SESSION).strip();
            String before = line.substring(line.lastIndexOf(' ') + 1);
            Files.writeString(SESSION, FIRST);
            return new Precedence(before);
        } catch (IOException notHere) {
            return new Precedence("");
        }
    }

    /** The session may be a shell's, which goes on. */
    @Override
    public void close() {
        if (before.isEmpty()) {
            return;
        }
        try {
            Files.writeString(SESSION, before);
        } catch (IOException e) {
            System.err.println("chaos: this session keeps its larger share of the processor: " + e);
        }
    }
}
