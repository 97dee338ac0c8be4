package io.headwater.multijvm;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The classes of a node as the JVM maps them into memory, made once for all nodes that tests start: to load and check them
 * is much of what a start costs, and tests start many. Where it cannot be made nodes start as they do without it.
 */
final class ClassArchive {
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final Path JAR = TARGET.resolve("headwater.jar");
    private static final Path CLASSES = TARGET.resolve("classes");
    private static final Duration MADE_WITHIN = Duration.ofSeconds(90);

    /** Found out once in each JVM. */
    private static Optional<Path> found = Optional.empty();

    private static boolean looked;

    private ClassArchive() {}

    /** A jar is what an archive can be made of, a folder is not. */
    static String classPath() {
        return JAR + File.pathSeparator + TARGET.resolve("lib") + "/*";
    }

    /** The file, if there is one or it can be made; only for a jar that is as new as the classes. */
    static synchronized Optional<Path> of(List<String> jvm) {
        if (!looked) {
            looked = true;
            try {
                found = isBuilt() ? Optional.of(madeOnce(jvm)) : Optional.empty();
            } catch (IOException | UncheckedIOException | AssertionError without) {
                System.err.println("nodes start without an archive of their classes: " + without);
            }
        }
        return found;
    }

    private static boolean isBuilt() throws IOException {
        if (!Files.isRegularFile(JAR) || !Files.isDirectory(TARGET.resolve("lib"))) {
            return false;
        }
        long jarMs = Files.getLastModifiedTime(JAR).toMillis();
        try (Stream<Path> classes = Files.walk(CLASSES)) {
            return classes.filter(Files::isRegularFile)
                    .allMatch(one -> one.toFile().lastModified() <= jarMs);
        }
    }

    /** Two JVMs of tests run at once: one makes it, the other one waits for it. */
    private static Path madeOnce(List<String> jvm) throws IOException {
        Path archive = TARGET.resolve("node-" + Runtime.version() + "-"
                + Files.getLastModifiedTime(JAR).toMillis() + ".jsa");
        Path lock = TARGET.resolve("node.jsa.lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var held = channel.lock()) {
            if (held.isValid() && !Files.exists(archive)) {
                make(archive, jvm);
            }
        }
        return archive;
    }

    /** What a node loads that starts, is a cluster of its own, and ends. */
    private static void make(Path archive, List<String> jvm) throws IOException {
        Path work = Files.createTempDirectory(TARGET, "class-archive");
        Path log = work.resolve("log");
        List<String> command = new ArrayList<>(jvm);
        command.addAll(List.of("-XX:ArchiveClassesAtExit=" + work.resolve("made"), "-cp", classPath()));
        Map<String, String> settings = NodeProcess.at("archived", "127.0.0.1");
        settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(
                List.of("io.headwater.Main", "--home", work.resolve("home").toString(), "--until-stdin-closes"));
        Process node = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            Await.until(
                    "a node is ready whose classes are archived",
                    MADE_WITHIN,
                    () -> !node.isAlive() || read(log).contains("ready: node "));
            node.getOutputStream().close();
            if (!node.waitFor(MADE_WITHIN.toSeconds(), TimeUnit.SECONDS) || node.exitValue() != 0) {
                throw new IOException(read(log));
            }
            Files.move(work.resolve("made"), archive, StandardCopyOption.ATOMIC_MOVE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            node.destroyForcibly();
        }
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
