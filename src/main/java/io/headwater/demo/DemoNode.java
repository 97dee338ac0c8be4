package io.headwater.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One node of the demo: a process that {@code bin/headwater} started, with its standard input a pipe from here, so that
 * it ends when the demo does, however the demo ends.
 */
final class DemoNode implements AutoCloseable {
    static final String HOST = "127.0.0.1";
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(3);
    private static final Duration END_WITHIN = Duration.ofSeconds(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final NodeId id;
    private final NodeGroup group;
    private final NodePorts ports;
    private final Path log;
    private final Process process;
    private final HttpClient client;

    private DemoNode(NodeId id, NodeGroup group, NodePorts ports, Path log, Process process, HttpClient client) {
        this.id = id;
        this.group = group;
        this.ports = ports;
        this.log = log;
        this.process = process;
        this.client = client;
    }

    /**
     * How the nodes of one run are started.
     *
     * @param root the checkout or the unpacked archive
     * @param folder what they write is kept here
     * @param bare started without any setting of this machine and without an archive of classes, with these options of the JVM
     */
    record Launch(Path root, Path folder, HttpClient client, Optional<String> bare) {}

    /** Starts a node that joins through {@code seed}. */
    static DemoNode start(NodeId id, NodeGroup group, NodePorts ports, int seed, Launch launch) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                launch.root().resolve("bin").resolve("headwater").toString(),
                "node",
                "--until-stdin-closes",
                "--home=" + launch.folder().resolve(id.name()),
                "-Dheadwater.node-id=" + id,
                "-Dheadwater.node-group=" + group,
                "-Dheadwater.bind-host=" + HOST,
                "-Dheadwater.advertised-host=" + HOST,
                "-Dheadwater.cluster.seed-nodes.0=" + HOST + ":" + seed));
        command.addAll(ports.settings());
        Path log = launch.folder().resolve(id + ".log");
        ProcessBuilder process = new ProcessBuilder(command)
                .directory(launch.folder().toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        if (launch.bare().isPresent()) {
            makeBare(process, launch.bare().get());
            command.add("--conf=" + Files.writeString(launch.folder().resolve("none.conf"), ""));
        }
        return new DemoNode(id, group, ports, log, process.start(), launch.client());
    }

    private static void makeBare(ProcessBuilder process, String options) {
        Map<String, String> environment = process.environment();
        String java = "HEADWATER_JAVA_OPTS";
        environment.keySet().removeIf(name -> name.startsWith("HEADWATER_") && !name.equals(java));
        environment.merge(java, options, (own, more) -> own + " " + more);
        environment.put("HEADWATER_CLASSES", "off");
    }

    NodeId id() {
        return id;
    }

    NodeGroup group() {
        return group;
    }

    NodePorts ports() {
        return ports;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    boolean isReady() {
        return get("/rest/v2/readiness").path("status").asText().equals("ok");
    }

    /** The last lines the node wrote, for somebody who wants to know why it is gone. */
    String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n  ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
        } catch (IOException e) {
            return "(nothing in " + log + ")";
        }
    }

    /** What the node answers to a GET; {@link MissingNode} if it does not. */
    JsonNode get(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + HOST + ":" + ports.http() + path))
                .timeout(ANSWER_WITHIN)
                .build();
        try {
            HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            return answer.statusCode() == 200 ? JSON.readTree(answer.body()) : MissingNode.getInstance();
        } catch (IOException e) {
            return MissingNode.getInstance();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return MissingNode.getInstance();
        }
    }

    @Override
    public void close() {
        if (!end(END_WITHIN)) {
            process.destroyForcibly();
        }
    }

    /** Tells it to end; whether it did within the limit, and as it should. */
    boolean end(Duration limit) {
        try {
            process.getOutputStream().close();
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
