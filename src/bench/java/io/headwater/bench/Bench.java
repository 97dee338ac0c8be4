package io.headwater.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Measures what delivery costs. {@code Bench MODE [--option value ...]}; run it by {@code scripts/bench}. Servers and tool
 * share the machine, so figures are ratios within one run.
 */
public final class Bench {
    private Bench() {}

    public static void main(String[] args) throws Exception {
        try {
            run(args);
            System.exit(0);
        } catch (IllegalArgumentException wrong) {
            System.err.println("bench: " + wrong.getMessage());
            System.exit(2);
        }
    }

    private static void run(String[] args) throws Exception {
        Path project = Path.of(System.getProperty("headwater.project", ".")).toAbsolutePath();
        Path work = Files.createDirectories(project.resolve("target/bench"));
        Servers servers = new Servers(project, work);
        switch (args.length == 0 ? "" : args[0]) {
            case "fanout" ->
                new Fanout(servers, work.resolve("fanout.tsv"))
                        .run(options(args, "servers", "protocol", "viewers", "merge", "seconds", "rounds", "rest"));
            case "publishers" ->
                new ManyStreams(servers)
                        .run(
                                options(args, "servers", "count", "bitrate", "viewers", "seconds", "rounds"),
                                200,
                                500_000,
                                0);
            case "many-streams" ->
                new ManyStreams(servers)
                        .run(
                                options(args, "servers", "count", "bitrate", "viewers", "seconds", "rounds"),
                                1000,
                                300_000,
                                1);
            case "burst" ->
                new JoinBurst(servers).run(options(args, "servers", "protocol", "viewers", "merge", "rounds"));
            case "stall" ->
                new Stall(servers).run(options(args, "viewers", "share", "seconds", "merge", "protocol", "phases"));
            case "delay" ->
                new Delay(servers).run(options(args, "servers", "protocol", "viewers", "seconds", "rounds"));
            case "relay" -> new RelayCost(servers).run(options(args, "count", "bitrate", "batch", "seconds", "rounds"));
            case "hls" -> new HlsLoad(servers).run(options(args, "viewers", "seconds", "rounds", "rest"));
            case "memory" -> new MemoryUse(servers).run(options(args, "protocol", "viewers", "settle"));
            case "plot" -> Plot.draw(work.resolve("fanout.tsv"), project.resolve("docs/fan-out.svg"));
            default ->
                throw new IllegalArgumentException(
                        "expected fanout, delay, publishers, many-streams, burst, stall, relay, hls, memory or plot, and --option value pairs");
        }
    }

    private static Options options(String[] args, String... known) {
        return new Options(args, 1, Set.of(known));
    }
}
