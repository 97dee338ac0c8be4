package io.headwater.multijvm.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Locale;

/** What every single player saw, beside the nodes' logs: {@code target/multi-jvm-logs/chaos.log}. */
final class Journal {
    private static final Path FILE = Path.of("target", "multi-jvm-logs", "chaos.log");

    private Journal() {}

    static synchronized void line(String form, Object... values) {
        try {
            Files.createDirectories(FILE.getParent());
            Files.writeString(
                    FILE,
                    Instant.now() + " " + String.format(Locale.ROOT, form, values) + System.lineSeparator(),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
