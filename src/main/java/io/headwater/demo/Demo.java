package io.headwater.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.codec.rtmp.RtmpUrl;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The scenario the project exists for, to watch: four nodes in two regions, one publisher, a player on every edge. */
public final class Demo implements AutoCloseable {
    private static final String STREAM = "live/stream1";
    private static final String TOPOLOGY = "/live/rest/v2/broadcasts/stream1/topology";
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration STEP_LIMIT = Duration.ofSeconds(30);
    /** Rows that the whole picture takes. */
    private static final int TALL = 30;

    private static final long REDRAW_MS = 500;
    private static final long PLAIN_EVERY_MS = 5_000;

    private final DemoOptions options;
    private final Screen screen;
    private final Scenario scenario = new Scenario();
    private final Clip clip = Clip.load();
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final Map<String, DemoNode> nodes = new LinkedHashMap<>();
    private final Map<String, FlvViewer> viewers = new LinkedHashMap<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Path folder;
    private final long begunNanos = System.nanoTime();
    private String phase = "starting four nodes";
    private long lastShownNanos = System.nanoTime() - TimeUnit.HOURS.toNanos(1);
    private volatile boolean closed;

    private Demo(DemoOptions options, Screen screen) throws IOException {
        this.options = options;
        this.screen = screen;
        Path target = options.root().resolve("target");
        // an unpacked archive has no such folder and need not be writable
        Path parent = Files.isDirectory(target) ? target.resolve("demo") : Files.createTempDirectory("headwater-demo");
        this.folder = Files.createDirectories(parent).resolve("run-" + System.currentTimeMillis());
        Files.createDirectories(folder);
    }

    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        DemoOptions options;
        try {
            options = DemoOptions.parse(arguments, System.getenv());
        } catch (IllegalArgumentException refused) {
            System.err.println("demo: " + refused.getMessage());
            System.exit(2);
            return;
        }
        if (options.help()) {
            out.print(DemoOptions.USAGE);
            return;
        }
        Demo demo = new Demo(options, new Screen(out, options.columns(), options.colours()));
        Runtime.getRuntime().addShutdownHook(new Thread(demo::close, "demo stops"));
        boolean held = demo.run();
        demo.close();
        System.exit(held ? 0 : 1);
    }

    /** Shows the scenario; whether every step of it held. */
    private boolean run() throws IOException {
        startNodes();
        boolean inTime = await(Scenario.Step.CLUSTER, START_LIMIT, this::isOneCluster) && play();
        if (inTime) {
            phase = "running";
            showUntilTheEnd();
        }
        return report();
    }

    private void startNodes() throws IOException {
        Set<Integer> given = NodePorts.noneGiven();
        List<String[]> wanted = List.of(
                new String[] {"origin1", "region1"},
                new String[] {"edge11", "region1"},
                new String[] {"edge21", "region2"},
                new String[] {"edge22", "region2"});
        DemoNode.Launch launch = new DemoNode.Launch(options.root(), folder, client, Optional.empty());
        int seed = 0;
        for (int i = 0; i < wanted.size(); i++) {
            NodePorts ports = NodePorts.of(i, given);
            seed = i == 0 ? ports.cluster() : seed;
            NodeId id = new NodeId(wanted.get(i)[0]);
            NodeGroup group = new NodeGroup(wanted.get(i)[1]);
            DemoNode node = DemoNode.start(id, group, ports, seed, launch);
            open(node);
            nodes.put(id.name(), node);
        }
    }

    private synchronized void open(AutoCloseable part) {
        open.add(part);
    }

    private boolean isOneCluster() {
        return nodes.values().stream()
                .allMatch(node ->
                        node.get("/rest/v2/cluster/node-count").path("number").asInt() == nodes.size()
                                && node.isReady());
    }

    /** The publisher, then the players, one after another, each when the step before it holds. */
    private boolean play() {
        phase = "publishing to origin1";
        int rtmp = node("origin1").ports().rtmp();
        RtmpUrl url = RtmpUrl.parse("rtmp://" + DemoNode.HOST + ":" + rtmp + "/" + STREAM)
                .orElseThrow();
        ClipPublisher publisher = ClipPublisher.start(clip, url);
        open(publisher);
        return await(
                        Scenario.Step.MAIN_ORIGIN,
                        STEP_LIMIT,
                        () -> Scenario.feeds(topology("origin1"), "publisher", "origin1", "mainOrigin"))
                && player("edge11", Scenario.Step.EDGE_11, "origin1", "edge")
                && player("edge21", Scenario.Step.EDGE_21, "origin1", "secondaryOrigin")
                && player("edge22", Scenario.Step.EDGE_22, "edge21", "edge")
                && await(Scenario.Step.SAME_TREE, STEP_LIMIT, this::allTellTheSame)
                && await(Scenario.Step.WHOLE, STEP_LIMIT, this::everyPlayerIsWhole);
    }

    private boolean player(String node, Scenario.Step step, String feed, String role) {
        phase = "a player on " + node;
        FlvViewer viewer =
                FlvViewer.start(clip, DemoNode.HOST, node(node).ports().live(), "/" + STREAM + ".flv");
        open(viewer);
        viewers.put(node, viewer);
        return await(
                step,
                STEP_LIMIT,
                () -> viewer.seen().pictures() > 0 && Scenario.feeds(topology(node), feed, node, role));
    }

    private boolean allTellTheSame() {
        Set<String> trees = new java.util.HashSet<>();
        nodes.keySet().forEach(node -> trees.add(FeedTree.oneLine(topology(node))));
        return trees.size() == 1;
    }

    private boolean everyPlayerIsWhole() {
        return viewers.values().stream()
                .allMatch(viewer -> viewer.seen().pictures() >= clip.pictures() / 4
                        && problemOf(viewer).isEmpty());
    }

    private static String problemOf(FlvViewer viewer) {
        FlvViewer.Seen seen = viewer.seen();
        if (viewer.ended().isDone()) {
            return "ended: " + viewer.ended().join();
        }
        return seen.missing() + seen.repeated() + seen.falls() + seen.restarts() == 0 ? "" : seen.toString();
    }

    private DemoNode node(String name) {
        return java.util.Objects.requireNonNull(nodes.get(name), name);
    }

    private JsonNode topology(String node) {
        return node(node).get(TOPOLOGY);
    }

    private boolean await(Scenario.Step step, Duration limit, BooleanSupplier holds) {
        long end = System.nanoTime() + limit.toNanos();
        while (!holds.getAsBoolean()) {
            for (DemoNode node : nodes.values()) {
                if (!node.isAlive()) {
                    scenario.failed(step, node.id() + " ended:\n  " + node.lastWords());
                    return false;
                }
            }
            if (System.nanoTime() > end) {
                scenario.failed(
                        step,
                        "not within " + limit.toSeconds() + " s; last tree: " + FeedTree.oneLine(topology("origin1")));
                return false;
            }
            show();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        scenario.held(step);
        if (!screen.isTerminal()) {
            screen.line(String.format(java.util.Locale.ROOT, "%4d s  held: %s", seconds(), step.text()));
        }
        show();
        return true;
    }

    /** What held must go on to hold. */
    private void showUntilTheEnd() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.seconds());
        if (!screen.isTerminal()) {
            watching().forEach(screen::line);
        }
        while (!closed && (options.seconds() == 0 || System.nanoTime() < end)) {
            viewers.forEach((node, viewer) -> {
                if (!problemOf(viewer).isEmpty() && !closed) {
                    scenario.failed(Scenario.Step.WHOLE, node + " " + problemOf(viewer));
                }
            });
            show();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
        if (!Scenario.feeds(topology("edge22"), "edge21", "edge22", "edge")) {
            scenario.failed(Scenario.Step.EDGE_22, FeedTree.oneLine(topology("edge22")));
        }
    }

    private void show() {
        if (closed) {
            return; // the terminal was given back
        }
        long sinceMs = (System.nanoTime() - lastShownNanos) / 1_000_000;
        if (sinceMs < (screen.isTerminal() ? REDRAW_MS : PLAIN_EVERY_MS)) {
            return;
        }
        lastShownNanos = System.nanoTime();
        JsonNode topology = viewers.isEmpty() && !scenario.isHeld(Scenario.Step.CLUSTER)
                ? com.fasterxml.jackson.databind.node.MissingNode.getInstance()
                : topology("origin1");
        if (screen.isTerminal()) {
            screen.draw(picture(topology));
        } else {
            screen.line(String.format(
                    java.util.Locale.ROOT, "%4d s  %s  %s", seconds(), phase, FeedTree.oneLine(topology)));
        }
    }

    private List<String> picture(JsonNode topology) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(
                "  " + Mark.BOLD.on("Headwater") + Mark.DIM.on("  " + STREAM + "  " + phase + "  " + seconds() + " s"));
        lines.add("");
        lines.addAll(FeedTree.lines(topology, bitrates()));
        lines.add("");
        viewers.forEach((node, viewer) -> lines.add(playerLine(node, viewer)));
        lines.add(viewers.isEmpty() ? "  " + Mark.DIM.on("no player yet") : "");
        lines.addAll(scenario.lines(options.rows() < TALL));
        lines.add("");
        lines.addAll(watching());
        lines.add("  " + Mark.DIM.on(options.seconds() == 0 ? "Ctrl-C stops everything" : "ends by itself"));
        return lines.subList(0, Math.min(lines.size(), Math.max(1, options.rows() - 1)));
    }

    private static String playerLine(String node, FlvViewer viewer) {
        FlvViewer.Seen seen = viewer.seen();
        boolean started =
                viewer.firstPicture().isDone() && !viewer.firstPicture().isCompletedExceptionally();
        String first = started ? viewer.firstPicture().join() + " ms" : "-";
        String good = problemOf(viewer).isEmpty() ? Mark.GOOD.on("whole") : Mark.BAD.on(problemOf(viewer));
        return String.format(
                        java.util.Locale.ROOT,
                        "  player on %-8s first picture %-8s %7d pictures  longest gap %4d ms  ",
                        node,
                        first,
                        seen.pictures(),
                        seen.longestGapMs())
                + good;
    }

    private Map<String, Long> bitrates() {
        Map<String, Long> bitrates = new LinkedHashMap<>();
        nodes.forEach((name, node) -> node.get("/rest/v2/node").path("streams").forEach(stream -> {
            if (STREAM.equals(
                    stream.path("app").asText() + "/" + stream.path("streamId").asText())) {
                bitrates.put(name, stream.path("bitrateIn").asLong());
            }
        }));
        return bitrates;
    }

    private List<String> watching() {
        List<String> lines = new ArrayList<>();
        lines.add("  watch it with ffplay, mpv or VLC:");
        nodes.forEach((name, node) -> lines.add("    " + String.format("%-8s", name)
                + Mark.WATER.on("http://" + DemoNode.HOST + ":" + node.ports().live() + "/" + STREAM + ".flv")
                + Mark.DIM.on("  or  ")
                + Mark.WATER.on("rtmp://" + DemoNode.HOST + ":" + node.ports().rtmp() + "/" + STREAM)));
        lines.add("    "
                + Mark.DIM.on("the tree as JSON: http://" + DemoNode.HOST + ":"
                        + node("edge22").ports().http() + TOPOLOGY));
        return lines;
    }

    private long seconds() {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begunNanos);
    }

    private boolean report() {
        if (closed) {
            return false; // somebody pressed Ctrl-C, there is nothing to judge
        }
        screen.leave();
        List<String> problems = scenario.problems();
        viewers.forEach((node, viewer) -> screen.line(playerLine(node, viewer)));
        if (problems.isEmpty()) {
            screen.line("  " + Mark.GOOD.on("every step of the scenario held"));
        } else {
            problems.forEach(problem -> screen.line("  " + Mark.BAD.on(problem)));
            screen.line("  the nodes' logs are in " + folder);
        }
        return problems.isEmpty();
    }

    /** Ends players, publisher and nodes; the nodes side by side. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        screen.leave();
        screen.line("  stopping the nodes");
        List<Thread> ending = new ArrayList<>();
        for (AutoCloseable part : open) {
            Thread thread =
                    new Thread(() -> quietly(part), "stops " + part.getClass().getSimpleName());
            thread.start();
            ending.add(thread);
        }
        for (Thread thread : ending) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void quietly(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            // everything goes with the process
        }
    }
}
