package io.headwater.multijvm.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Runs short commands of the system. */
final class Shell {
    private Shell() {}

    private record Ended(int exit, String output) {}

    /** Fails with what the command said if it does not succeed. */
    static void run(String... command) {
        Ended ended = end(command);
        if (ended.exit != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + ended.output);
        }
    }

    static boolean succeeds(String... command) {
        return end(command).exit == 0;
    }

    static String output(String... command) {
        return end(command).output;
    }

    private static Ended end(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return new Ended(process.waitFor(), output);
        } catch (IOException e) {
            return new Ended(-1, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(e));
        }
    }
}
