package io.headwater.multijvm;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Assumptions;

/** FFmpeg's own programs, from the jar that Maven brought, run as separate processes. */
final class Ffmpeg {
    private static final String FOLDER = "org/bytedeco/ffmpeg/linux-x86_64-gpl/";
    private static final Path HOME = Path.of("target", "ffmpeg").toAbsolutePath();

    private Ffmpeg() {}

    /** One run of a program; its output is in a file. */
    record Run(Process process, Path log) implements AutoCloseable {
        /** Ends as a person does who presses q or Ctrl-C: the publisher says goodbye. */
        void interrupt() {
            signal("INT");
        }

        void kill() {
            process.destroyForcibly();
        }

        boolean ended(long seconds) throws InterruptedException {
            return process.waitFor(seconds, TimeUnit.SECONDS);
        }

        String output() {
            try {
                return Files.readString(log);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void signal(String name) {
            try {
                new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .inheritIO()
                        .start()
                        .waitFor();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    /** Skips the calling test, loudly, where the programs cannot run. */
    static void assumePresent() {
        Run run = run("version", "ffmpeg", List.of("-version"));
        boolean works;
        try {
            works = run.ended(30) && run.process().exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            works = false;
        }
        if (!works) {
            System.err.println("SKIPPED: ffmpeg does not run here: "
                    + run.output().lines().findFirst().orElse(""));
        }
        Assumptions.assumeTrue(works, "ffmpeg runs here");
    }

    /** Publishes a test picture with a tone, H.264 with B-frames and AAC, in real time. */
    static Run publish(String name, String url) {
        return run(
                name,
                "ffmpeg",
                List.of(
                        "-hide_banner",
                        "-nostdin",
                        "-loglevel",
                        "warning",
                        "-re",
                        "-f",
                        "lavfi",
                        "-i",
                        "testsrc2=s=320x180:r=25",
                        "-f",
                        "lavfi",
                        "-i",
                        "sine=frequency=440:sample_rate=48000",
                        "-c:v",
                        "libx264",
                        "-preset",
                        "veryfast",
                        "-g",
                        "25",
                        "-bf",
                        "2",
                        "-b:v",
                        "300k",
                        "-pix_fmt",
                        "yuv420p",
                        "-c:a",
                        "aac",
                        "-b:a",
                        "64k",
                        "-f",
                        "flv",
                        url));
    }

    /** Plays for {@code seconds} of media, decodes everything, and fails at the first error. */
    static Run decode(String name, String url, int seconds) {
        return run(
                name,
                "ffmpeg",
                List.of(
                        "-hide_banner",
                        "-nostdin",
                        "-loglevel",
                        "warning",
                        "-xerror",
                        "-err_detect",
                        "explode",
                        "-rw_timeout",
                        "20000000",
                        "-i",
                        url,
                        "-t",
                        Integer.toString(seconds),
                        "-stats_period",
                        "1",
                        "-progress",
                        "-",
                        "-f",
                        "null",
                        "-"));
    }

    static Run run(String name, String program, List<String> arguments) {
        try {
            unpack();
            List<String> command = new ArrayList<>(List.of(HOME.resolve(program).toString()));
            command.addAll(arguments);
            Path log = Files.createDirectories(Path.of("target", "multi-jvm-logs"))
                    .resolve(name + "-" + System.nanoTime() + ".log");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(log.toFile());
            builder.environment().put("LD_LIBRARY_PATH", HOME.toString());
            Process process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new Run(process, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static synchronized void unpack() throws IOException {
        if (Files.exists(HOME.resolve("complete"))) {
            return;
        }
        Files.createDirectories(HOME);
        URL url = Ffmpeg.class.getClassLoader().getResource(FOLDER + "ffmpeg");
        if (url == null) {
            throw new IOException("no ffmpeg for this platform on the class path");
        }
        JarFile jar = ((JarURLConnection) url.openConnection()).getJarFile();
        for (JarEntry entry : jar.stream()
                .filter(e -> e.getName().startsWith(FOLDER) && !e.isDirectory())
                .toList()) {
            String file = entry.getName().substring(FOLDER.length());
            if (file.contains("/") || file.endsWith(".h") || file.startsWith("libjni")) {
                continue;
            }
            try (InputStream in = jar.getInputStream(entry)) {
                Files.copy(in, HOME.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
            if (!HOME.resolve(file).toFile().setExecutable(true)) {
                throw new IOException("cannot make " + file + " executable");
            }
        }
        Files.createFile(HOME.resolve("complete"));
    }
}
