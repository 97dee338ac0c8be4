package io.headwater.multijvm;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One node in a JVM of its own, on a loopback address of its own, with any free ports.
 *
 * <p>It ends when the test's JVM ends, however that happens: its standard input is a pipe from here. Each start writes a
 * new file under {@code target/multi-jvm-logs}.
 */
public final class NodeProcess implements AutoCloseable {
    public static final Duration START_LIMIT = Duration.ofMinutes(2);
    /** System property: the nodes get the JVM settings of scripts/node instead of small ones. */
    public static final String AS_IN_PRODUCTION = "headwater.test.as-in-production";

    private static final Path LOGS = Path.of("target", "multi-jvm-logs").toAbsolutePath();
    /**
     * Linux shares the processor between sessions before it does between threads: a node that starts, or compiles, takes from
     * the others what it would on a machine of its own next to them, and not more the more threads it has.
     */
    private static final List<String> SESSION_OF_ITS_OWN =
            Files.isExecutable(Path.of("/usr/bin/setsid")) ? List.of("/usr/bin/setsid") : List.of();

    private static final Pattern PORT = Pattern.compile(" (rtmps?|live|live-tls|https?|relay|cluster)=(\\d+)");

    private final String name;
    private final String host;
    private @Nullable Rest rest;
    private final Path log;
    private final Process process;
    private final OutputStream stdin;
    private Map<String, Integer> ports = Map.of();

    private NodeProcess(String name, String host, Path log, Process process) {
        this.name = name;
        this.host = host;
        this.log = log;
        this.process = process;
        this.stdin = process.getOutputStream();
    }

    /** Starts a node and returns at once; {@link #awaitReady} waits for it. */
    public static NodeProcess start(String name, String host, Map<String, String> settings) {
        Path home = LOGS.resolveSibling("multi-jvm-homes").resolve(name + "-" + System.nanoTime());
        return start(name, host, home, settings);
    }

    /** The same in a home that another process may have left. */
    public static NodeProcess start(String name, String host, Path home, Map<String, String> settings) {
        return start(List.of(), name, host, home, settings);
    }

    /** The same, run by another command that becomes the node's process, as {@code ip netns exec NAME} does. */
    public static NodeProcess start(
            List<String> runBy, String name, String host, Path home, Map<String, String> settings) {
        List<String> command = new ArrayList<>(runBy);
        if (Boolean.getBoolean(AS_IN_PRODUCTION)) {
            command.addAll(installed(settings));
        } else {
            command.addAll(jvm());
            settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
            command.add("io.headwater.Main");
        }
        command.addAll(List.of("--home", home.toString(), "--until-stdin-closes"));
        return start(name, host, home, command);
    }

    /** As it is installed: with the JVM's settings and the classes that {@code bin/headwater} gives it. */
    private static List<String> installed(Map<String, String> settings) {
        StringBuilder options = new StringBuilder("-Xmx512m ");
        options.append(System.getenv().getOrDefault("HEADWATER_JAVA_OPTS", ""));
        settings.forEach(
                (key, value) -> options.append(" -D").append(key).append('=').append(value));
        try {
            Files.createDirectories(LOGS);
            Path none = LOGS.resolve("none.conf");
            if (!Files.exists(none)) {
                Files.createFile(none);
            }
            return List.of(
                    "env",
                    "JAVA_HOME=" + System.getProperty("java.home"),
                    "HEADWATER_JAVA_OPTS=" + options,
                    Path.of("bin", "headwater").toAbsolutePath().toString(),
                    "node",
                    "--conf",
                    none.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What nohup started ignores SIGHUP, and so does all that it starts, unless it is told otherwise. */
    private static List<String> hearsHangUp() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.anyMatch(line -> line.matches("SigIgn:\\s+[0-9a-f]*[13579bdf]"))
                    ? List.of("--default-signal=HUP")
                    : List.of();
        } catch (IOException unknown) {
            return List.of();
        }
    }

    /** Starts a node as a person does, with scripts/node and a configuration of next to nothing. */
    static NodeProcess startByScript(String name, Path conf, Map<String, String> settings) {
        Path home = LOGS.resolveSibling("multi-jvm-homes").resolve(name + "-" + System.nanoTime());
        List<String> command = new ArrayList<>(List.of("env"));
        command.addAll(hearsHangUp());
        // the first start after a build would rehearse for half a minute
        command.add("HEADWATER_CLASSES=off");
        command.addAll(List.of(
                Path.of("scripts", "node").toAbsolutePath().toString(),
                "--conf",
                conf.toAbsolutePath().toString(),
                "--home",
                home.toString(),
                "--until-stdin-closes"));
        settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
        return start(name, "127.0.0.1", home, command);
    }

    private static NodeProcess start(String name, String host, Path home, List<String> command) {
        try {
            Files.createDirectories(home);
            Files.createDirectories(LOGS);
            Path log = LOGS.resolve(name + "-" + System.nanoTime() + ".log");
            List<String> apart = new ArrayList<>(SESSION_OF_ITS_OWN);
            apart.addAll(command);
            Process process = new ProcessBuilder(apart)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            return new NodeProcess(name, host, log, process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What any node of a test starts with: this address, any free port. */
    public static Map<String, String> at(String name, String host) {
        Map<String, String> settings = new java.util.TreeMap<>();
        settings.put("headwater.node-id", name);
        settings.put("headwater.bind-host", host);
        settings.put("headwater.advertised-host", host);
        settings.put("headwater.threads", "1");
        for (String port : List.of("rtmp", "live", "http", "relay", "cluster")) {
            settings.put("headwater." + port + ".port", "0");
        }
        return settings;
    }

    /** Small, and quick to start: many of them share the machine. */
    private static List<String> jvm() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dio.netty.leakDetection.level=advanced"));
        command.addAll(List.of(
                "-XX:+PerfDisableSharedMem",
                "-XX:MetaspaceSize=128m",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "--add-opens=java.base/java.nio=ALL-UNNAMED"));
        Optional<Path> archive = ClassArchive.of(List.copyOf(command));
        archive.ifPresent(file -> command.add("-XX:SharedArchiveFile=" + file));
        command.addAll(List.of("-cp", archive.isPresent() ? ClassArchive.classPath() : classPath()));
        return command;
    }

    private static String classPath() {
        Path lib = Path.of("target", "lib").toAbsolutePath();
        return Files.isDirectory(lib)
                ? Path.of("target", "classes").toAbsolutePath() + File.pathSeparator + lib + "/*"
                : System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** Waits until the node is a member and says so; fails at once, with its words, if it ends before. */
    public NodeProcess awaitReady() {
        Await.value(
                name + " is ready",
                START_LIMIT,
                () -> {
                    if (!process.isAlive()) {
                        throw new AssertionError(name + " ended with " + process.exitValue() + ":\n" + tail());
                    }
                    return readyLine();
                },
                line -> !line.isEmpty());
        Matcher port = PORT.matcher(readyLine());
        Map<String, Integer> found = new java.util.TreeMap<>();
        while (port.find()) {
            found.put(port.group(1), Integer.parseInt(port.group(2)));
        }
        ports = Map.copyOf(found);
        return this;
    }

    private String readyLine() {
        return log().lines()
                .filter(line -> line.contains("ready: node "))
                .findFirst()
                .orElse("");
    }

    public String name() {
        return name;
    }

    public String host() {
        return host;
    }

    public int port(String which) {
        return ports.get(which);
    }

    /** The same one for all calls: each has threads of its own, which outlive it until they are collected. */
    public synchronized Rest rest() {
        Rest known = rest;
        if (known == null) {
            known = new Rest(host, port("http"));
            rest = known;
        }
        return known;
    }

    public String rtmpUrl(String stream) {
        return "rtmp://" + host + ":" + port("rtmp") + "/" + stream;
    }

    String flvUrl(String stream) {
        return "http://" + host + ":" + port("live") + "/" + stream + ".flv";
    }

    /** What the node says about itself. */
    public JsonNode self() {
        return rest().get("/rest/v2/node").body();
    }

    public long counter(String metric) {
        return self().path("counters").path(metric).asLong();
    }

    /** Bytes of heap that are in use after a full collection. */
    long heapAfterCollection() {
        run(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid()), "GC.run");
        return self().path("memory").path("heapUsed").asLong();
    }

    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String tail() {
        List<String> lines = log().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** Waits for the process to end by itself. */
    public int awaitExit(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(name + " did not end within " + limit + ":\n" + tail());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly();
        awaitExit(Duration.ofSeconds(20));
    }

    /** SIGSTOP, SIGCONT, SIGTERM ... */
    public void signal(String signal) {
        run("kill", "-" + signal, Long.toString(pid()));
    }

    private void run(String... command) {
        try {
            Process run = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            int exit = run.waitFor();
            if (exit != 0) {
                throw new AssertionError(String.join(" ", command) + " for " + name + " ended with " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends it as its parent's end would; kills it if that takes too long. */
    @Override
    public void close() {
        try {
            stdin.close();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
