package io.headwater.multijvm;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The Chromium of this machine without a screen, driven by its DevTools protocol. Playwright for Java would do the same and
 * takes a system's Chromium too, but brings a Node.js of its own for every platform, 190 MB, for the few commands of
 * {@link BrowserTab}.
 */
final class Chromium implements AutoCloseable {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Process process;
    private final Path profile;
    private final Thread atExit = new Thread(this::end);
    private final DevTools devTools;

    private Chromium(Path program) throws IOException {
        profile = Files.createTempDirectory("headwater-chromium");
        Path log = Files.createDirectories(Path.of("target", "multi-jvm-logs"))
                .resolve("chromium-" + System.nanoTime() + ".log");
        process = new ProcessBuilder(
                        program.toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-extensions",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        // what is measured is the player, not what a browser saves on tabs that nobody sees
                        "--disable-background-timer-throttling",
                        "--disable-backgrounding-occluded-windows",
                        "--disable-renderer-backgrounding",
                        "--no-first-run",
                        "--mute-audio",
                        "--force-color-profile=srgb",
                        "--hide-scrollbars",
                        "about:blank")
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(log.toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(atExit);
        try {
            devTools = DevTools.connect(address(log));
        } catch (RuntimeException | AssertionError e) {
            end();
            throw e;
        }
    }

    private URI address(Path log) {
        Path said = profile.resolve("DevToolsActivePort");
        List<String> lines = Await.value(
                "chromium says where it listens",
                START_LIMIT,
                () -> {
                    try {
                        if (!process.isAlive()) {
                            throw new AssertionError("chromium ended:\n" + Files.readString(log));
                        }
                        return Files.exists(said) ? Files.readAllLines(said) : List.<String>of();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                read -> read.size() == 2);
        return URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1));
    }

    /** Starts it; skips the calling test with one loud line where there is none. */
    static Chromium startOrSkip() throws IOException {
        Optional<Path> program = program();
        if (program.isEmpty()) {
            System.err.println("SKIPPED: NO BROWSER TEST IS RUN, chromium is not installed (apt-get install chromium)");
        }
        Assumptions.assumeTrue(program.isPresent(), "chromium is installed");
        return new Chromium(program.orElseThrow());
    }

    /** Where it is installed, if it is. */
    static Optional<Path> program() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    String version() {
        return devTools.call("", "Browser.getVersion", Map.of()).path("product").asText();
    }

    /** A page in a window of its own, so that it counts as seen. */
    BrowserTab open(String url) {
        JsonNode made = devTools.call(
                "",
                "Target.createTarget",
                Map.of("url", "about:blank", "newWindow", true, "width", 1280, "height", 900));
        String target = made.path("targetId").asText();
        String session = devTools.call("", "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .path("sessionId")
                .asText();
        return new BrowserTab(devTools, target, session).go(url);
    }

    /** What is in a frame that a page shows of another site, once it is there. */
    BrowserTab frame(String urlStart) {
        String target = Await.value(
                "a frame of " + urlStart,
                START_LIMIT,
                () -> {
                    for (JsonNode one :
                            devTools.call("", "Target.getTargets", Map.of()).path("targetInfos")) {
                        if (one.path("type").asText().equals("iframe")
                                && one.path("url").asText().startsWith(urlStart)) {
                            return one.path("targetId").asText();
                        }
                    }
                    return "";
                },
                id -> !id.isEmpty());
        String session = devTools.call("", "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .path("sessionId")
                .asText();
        return new BrowserTab(devTools, target, session);
    }

    /** Seconds of CPU that it took so far, with all its processes. */
    double cpuSeconds() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .flatMap(handle -> handle.info().totalCpuDuration().stream())
                .mapToDouble(spent -> spent.toMillis() / 1000.0)
                .sum();
    }

    private void end() {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        try {
            process.waitFor(20, TimeUnit.SECONDS);
            for (ProcessHandle child : all) {
                child.onExit().get(20, TimeUnit.SECONDS);
            }
            Await.until("its profile is gone", Duration.ofSeconds(20), this::forgetProfile);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception | AssertionError e) {
            System.err.println(profile + " is left behind: " + e);
        }
    }

    /** What is left of its processes may still write. */
    private boolean forgetProfile() {
        try (Stream<Path> files = Files.walk(profile)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException | UncheckedIOException changed) {
            return Files.notExists(profile);
        }
        return Files.notExists(profile);
    }

    @Override
    public void close() {
        devTools.close();
        end();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
