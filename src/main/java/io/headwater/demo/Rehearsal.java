package io.headwater.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.codec.MalformedException;
import io.headwater.codec.rtmp.RtmpClientSession;
import io.headwater.codec.rtmp.RtmpUrl;
import io.headwater.media.Bytes;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A short life of a node for the classes it loads: it joins two others, takes a publisher, serves each kind of player,
 * feeds and is fed, answers REST and the console, takes the place of its group's origin, moves to another group, drains and
 * ends. What a node does for the first time when another one goes would else be loaded in just the moment in which viewers
 * wait for it. A step that does not come about within its time leaves its classes out and is no failure; a node that does
 * not start or end is.
 */
final class Rehearsal {
    private static final String MADE = "made";
    /**
     * With the one that a node gets beside the file: on a Java that refuses it there is to be no file. From Java 25 on (JEP 514,
     * 515) the file says what the compilers learned as well, so that they need not wait for it.
     */
    private static final String OPTIONS = Runtime.version().feature() >= 25
            ? "-Xlog:aot*=off -XX:AOTCacheOutput=" + MADE
            : "-Xlog:cds*=off -XX:ArchiveClassesAtExit=" + MADE;

    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration STEP_LIMIT = Duration.ofSeconds(10);
    /** What was not done by then is left out. */
    private static final Duration STEPS_LIMIT = Duration.ofSeconds(60);

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
    private static final Duration END_LIMIT = Duration.ofSeconds(60);
    private static final int PLAYLIST_ROUNDS = 3;
    private static final Pattern ADDRESS = Pattern.compile("URI=\"([^\"]+)\"|^([^#\\s].*)$", Pattern.MULTILINE);
    private static final List<String> PAGES = List.of(
            "/",
            "/play.html",
            "/api.html",
            "/metrics",
            "/rest/v2/node",
            "/rest/v2/liveness",
            "/rest/v2/readiness",
            "/rest/v2/version",
            "/rest/v2/server-settings",
            "/rest/v2/cluster-mode-status",
            "/rest/v2/cluster/nodes/0/50",
            "/rest/v2/cluster/node/b/server-settings",
            "/live/rest/v2/broadcasts/list/0/10",
            "/live/rest/v2/broadcasts/b",
            "/live/rest/v2/broadcasts/a/topology",
            "/live/rest/v2/broadcasts/b/topology",
            "/live/rest/v2/broadcasts/a/events",
            "/live/rest/v2/broadcasts/none");

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(ANSWER_WITHIN).build();
    private final Clip clip = Clip.load();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final long endNanos = System.nanoTime() + STEPS_LIMIT.toNanos();
    private final DemoNode a;
    private final DemoNode b;
    private final DemoNode c;

    private Rehearsal(DemoNode a, DemoNode b, DemoNode c) {
        this.a = a;
        this.b = b;
        this.c = c;
    }

    /** Makes the file in {@code work}, beside what the nodes leave there. */
    static Path run(Path root, Path work) throws IOException {
        HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
        Set<Integer> given = NodePorts.noneGiven();
        NodePorts first = NodePorts.free(given);
        DemoNode.Launch helper = new DemoNode.Launch(root, work, client, Optional.of(""));
        DemoNode.Launch archived = new DemoNode.Launch(root, work, client, Optional.of(OPTIONS));
        NodeGroup group = new NodeGroup("rehearsal");
        try (DemoNode a = DemoNode.start(new NodeId("a"), group, first, first.cluster(), archived);
                DemoNode b = DemoNode.start(
                        new NodeId("b"), new NodeGroup("other"), NodePorts.free(given), first.cluster(), helper);
                DemoNode c = DemoNode.start(new NodeId("c"), group, NodePorts.free(given), first.cluster(), helper)) {
            if (!until(START_LIMIT, () -> !a.isAlive() || a.isReady()) || !a.isAlive()) {
                throw new IOException("a node did not start: " + a.lastWords());
            }
            Rehearsal rehearsal = new Rehearsal(a, b, c);
            try {
                rehearsal.steps();
            } finally {
                rehearsal.close();
            }
            Path made = work.resolve(MADE);
            if (!a.end(END_LIMIT) || !Files.isRegularFile(made)) {
                throw new IOException("a node did not leave an archive of its classes: " + a.lastWords());
            }
            return made;
        }
    }

    private void steps() {
        step(() -> (!b.isAlive() || b.isReady()) && (!c.isAlive() || c.isReady()), STEPS_LIMIT.dividedBy(2));
        publish(a, "a");
        publish(b, "b");
        publish(c, "c");
        watchFlv(c, "b");
        watchFlv(a, "c");
        consoles();
        for (String stream : List.of("a", "b")) {
            watch(stream);
        }
        hls();
        PAGES.forEach(page -> fetch(http(a, page)));
        post(a, "/rest/v2/log-level", "{\"level\":\"INFO\",\"logger\":\"io.headwater.relay\"}");
        post(a, "/rest/v2/reload", "{}");
        // what c pulled for the group is pulled here now, and its publisher comes here
        post(c, "/rest/v2/node/drain", "{\"within\":\"1s\"}");
        step(() -> feed("b").equals("b"), STEP_LIMIT);
        publish(a, "c");
        // another life of the control plane while streams run, there and back: only the second one ends one that moved
        for (String group : List.of("moved", "rehearsal")) {
            post(a, "/rest/v2/server-settings", "{\"nodeGroup\":\"" + group + "\"}");
            step(() -> a.get("/rest/v2/node").path("nodeGroup").asText().equals(group) && a.isReady(), STEP_LIMIT);
        }
        // b's players are told, and its stream and what it hosts move here
        post(b, "/rest/v2/node/drain", "{\"within\":\"1s\"}");
        post(a, "/rest/v2/node/drain", "{\"within\":\"1s\"}");
        step(() -> a.get("/rest/v2/node").path("state").asText().equals("drained"), STEP_LIMIT);
        fetch(http(a, "/rest/v2/readiness"));
    }

    private void publish(DemoNode node, String stream) {
        ClipPublisher publisher = ClipPublisher.start(clip, rtmp(node, stream));
        open(publisher);
        step(() -> publisher.started().isDone() && publisher.pictures() > 0, STEP_LIMIT);
    }

    private void consoles() {
        client.sendAsync(
                HttpRequest.newBuilder(http(a, "/rest/v2/console/events?stream=live/a"))
                        .build(),
                HttpResponse.BodyHandlers.discarding());
    }

    /** By each of the protocols; at {@code a}, and {@code a}'s own stream at the other node as well, which is fed then. */
    private void watch(String stream) {
        watchFlv(a, stream);
        watchFlv(b, stream);
        client.newWebSocketBuilder()
                .buildAsync(
                        URI.create("ws://" + DemoNode.HOST + ":" + a.ports().live() + "/live/" + stream + ".flv"),
                        new WebSocket.Listener() {});
        Thread player = new Thread(() -> playRtmp(rtmp(a, stream)), "player " + stream);
        player.setDaemon(true);
        player.start();
    }

    private void watchFlv(DemoNode node, String stream) {
        FlvViewer viewer = FlvViewer.start(clip, DemoNode.HOST, node.ports().live(), "/live/" + stream + ".flv");
        open(viewer);
        step(() -> viewer.ended().isDone() || viewer.seen().pictures() > 0, STEP_LIMIT);
    }

    /** The node that {@code a} has the stream from, as it tells itself. */
    private String feed(String stream) {
        for (JsonNode one :
                a.get("/live/rest/v2/broadcasts/" + stream + "/topology").path("nodes")) {
            if (one.path("nodeId").asText().equals(a.id().name())) {
                return one.path("feed").asText();
            }
        }
        return "";
    }

    private void playRtmp(RtmpUrl url) {
        RtmpClientSession session = RtmpClientSession.player(url, RandomGenerator.getDefault());
        try (Socket socket = new Socket(InetAddress.getByName(url.host()), url.port())) {
            open(socket);
            write(socket, session.start());
            byte[] buffer = new byte[16 << 10];
            for (int got = socket.getInputStream().read(buffer);
                    got >= 0;
                    got = socket.getInputStream().read(buffer)) {
                session.receive(ByteBuffer.wrap(buffer, 0, got), new RtmpClientSession.Output() {
                    @Override
                    public void send(Bytes bytes) {
                        write(socket, bytes);
                    }

                    @Override
                    public void event(RtmpClientSession.Event event) {}
                });
            }
        } catch (IOException | MalformedException over) {
            // as any player's connection may be
        }
    }

    private static void write(Socket socket, Bytes bytes) {
        try {
            socket.getOutputStream().write(bytes.array(), bytes.offset(), bytes.length());
        } catch (IOException e) {
            // reading says so too
        }
    }

    private synchronized void open(AutoCloseable part) {
        open.add(part);
    }

    /** Playlists, segments and parts, then those a player gets that asks for transport streams. */
    private void hls() {
        for (String kind : List.of("", "?container=ts")) {
            URI first = http(a, "/live/streams/a.m3u8" + kind);
            step(() -> fetch(first).contains("#EXTM3U"), STEP_LIMIT);
            for (int round = 0; round < PLAYLIST_ROUNDS; round++) {
                follow(first, 2);
            }
        }
    }

    private void follow(URI playlist, int depth) {
        Matcher address = ADDRESS.matcher(fetch(playlist));
        for (int i = 0; i < PAGES.size() && address.find(); i++) {
            URI next =
                    playlist.resolve(address.group(1) == null ? address.group(2).strip() : address.group(1));
            if (depth > 0 && next.getPath().endsWith(".m3u8")) {
                follow(next, depth - 1);
            } else {
                fetch(next);
            }
        }
    }

    private static URI http(DemoNode node, String path) {
        return URI.create("http://" + DemoNode.HOST + ":" + node.ports().http() + path);
    }

    private static RtmpUrl rtmp(DemoNode node, String stream) {
        return RtmpUrl.parse("rtmp://" + DemoNode.HOST + ":" + node.ports().rtmp() + "/live/" + stream)
                .orElseThrow();
    }

    private void post(DemoNode node, String path, String body) {
        send(HttpRequest.newBuilder(http(node, path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private String fetch(URI address) {
        return send(HttpRequest.newBuilder(address));
    }

    private String send(HttpRequest.Builder request) {
        if (System.nanoTime() > endNanos) {
            return "";
        }
        try {
            return client.send(request.timeout(ANSWER_WITHIN).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private void step(BooleanSupplier holds, Duration limit) {
        long leftNanos = Math.max(0, endNanos - System.nanoTime());
        until(Duration.ofNanos(Math.min(limit.toNanos(), leftNanos)), holds);
    }

    private static boolean until(Duration limit, BooleanSupplier holds) {
        long end = System.nanoTime() + limit.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        return true;
    }

    private synchronized void close() {
        for (AutoCloseable part : open) {
            try {
                part.close();
            } catch (Exception e) {
                // the nodes end next
            }
        }
    }
}
