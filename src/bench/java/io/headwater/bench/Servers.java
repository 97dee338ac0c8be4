package io.headwater.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** The servers that are measured, as real processes on loopback. */
final class Servers {
    static final String HEADWATER = "headwater";
    /** Without {@code TCP_NODELAY}, as {@link #NGINX} is. */
    static final String HEADWATER_NAGLE = "headwater-nagle";

    static final String NGINX = "nginx-rtmp";
    static final String NGINX_NODELAY = "nginx-nodelay";
    private static final long START_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(90);

    private final Path work;
    private final Path project;
    /** None of them outlives the tool. */
    private final Queue<Process> started = new ConcurrentLinkedQueue<>();

    /** Servers whose logs and configurations go into the directory {@code work}. */
    Servers(Path project, Path work) {
        this.project = project;
        this.work = work;
        Runtime.getRuntime().addShutdownHook(new Thread(() -> started.forEach(Process::destroyForcibly)));
    }

    /** One running server. */
    record Running(String name, Process process, int rtmpPort, int livePort, int publishFlvPort)
            implements AutoCloseable {
        long cpuMs() {
            return Proc.cpuMs(process.toHandle());
        }

        long rssKib() {
            return Proc.rssKib(process.toHandle());
        }

        /** At once: a node that is told to end takes its time to hand its load over. */
        @Override
        public void close() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            try {
                process.waitFor(15, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** One Headwater node on free ports, with more {@code -D} settings. */
    Running headwater(Map<String, String> settings) {
        int rtmp = freePort();
        int live = freePort();
        Map<String, String> all = new TreeMap<>(Map.of(
                "headwater.bind-host", "127.0.0.1",
                "headwater.http.port", "0",
                "headwater.cluster.port", "0",
                "headwater.relay.port", "0"));
        all.put("headwater.rtmp.port", Integer.toString(rtmp));
        all.put("headwater.live.port", Integer.toString(live));
        all.putAll(settings);
        List<String> command = new ArrayList<>(List.of(
                project.resolve("scripts/node").toString(),
                "--home",
                work.resolve("node-" + rtmp).toString()));
        all.forEach((key, value) -> command.add("-D" + key + "=" + value));
        Process process = start("headwater-" + rtmp, command);
        awaitPort(live, process);
        awaitPort(rtmp, process);
        return new Running(HEADWATER, process, rtmp, live, 0);
    }

    /** The C floor; see {@code src/bench/c/floor.c}. */
    Running floor(int mergeMs) {
        int live = freePort();
        int publish = freePort();
        Process process = start(
                "floor-" + live,
                List.of(
                        work.resolve("floor").toString(),
                        Integer.toString(live),
                        Integer.toString(publish),
                        Integer.toString(mergeMs)));
        awaitPort(live, process);
        return new Running("floor", process, 0, live, publish);
    }

    /**
     * nginx with its RTMP module as Debian packs it: one worker, merging by Nagle's algorithm alone; as {@link #NGINX_NODELAY}
     * without that too.
     */
    Running nginx(String name) {
        int rtmp = freePort();
        try {
            String template = Files.readString(project.resolve("src/bench/peers/nginx-rtmp.conf"));
            Path home = Files.createDirectories(work.resolve("nginx-" + rtmp));
            Path conf = home.resolve("nginx.conf");
            Files.writeString(
                    conf,
                    template.replace("@PORT@", Integer.toString(rtmp))
                            .replace("@HOME@", home.toString())
                            .replace("@MODULES@", modules()));
            List<String> command = new ArrayList<>();
            if (name.equals(NGINX_NODELAY)) {
                command.addAll(List.of("env", "LD_PRELOAD=" + work.resolve("nodelay.so")));
            }
            command.addAll(List.of("nginx", "-c", conf.toString(), "-p", home.toString(), "-g", "daemon off;"));
            Process process = start("nginx-" + rtmp, command);
            awaitPort(rtmp, process);
            return new Running(name, process, rtmp, 0, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where this nginx keeps its modules. */
    private static String modules() throws IOException {
        Process asked =
                new ProcessBuilder("nginx", "-V").redirectErrorStream(true).start();
        String answer = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return Arrays.stream(answer.split("\\s+"))
                .filter(word -> word.startsWith("--modules-path="))
                .map(word -> word.substring(word.indexOf('=') + 1))
                .findFirst()
                .orElse("modules");
    }

    private Process start(String name, List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(work.resolve(name + ".log").toFile())
                    .start();
            started.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitPort(int port, Process process) {
        long limit = System.nanoTime() + START_LIMIT_NANOS;
        while (System.nanoTime() < limit) {
            if (!process.isAlive()) {
                throw new IllegalStateException("a server ended at its start; see the logs in " + work);
            }
            try (Socket probe = new Socket()) {
                probe.connect(new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), port), 200);
                return;
            } catch (IOException e) {
                Thread.onSpinWait();
            }
        }
        throw new IllegalStateException("port " + port + " did not open; see the logs in " + work);
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
