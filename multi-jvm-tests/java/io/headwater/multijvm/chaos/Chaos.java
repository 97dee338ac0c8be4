package io.headwater.multijvm.chaos;

import io.headwater.multijvm.NodeProcess;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** {@code scripts/chaos}: breaks a cluster again and again and prints what its viewers noticed. */
final class Chaos implements AutoCloseable {
    private static final Duration REHEARSAL = Duration.ofSeconds(150);
    private static final Duration BETWEEN_ROUNDS = Duration.ofSeconds(45);

    private final ChaosCluster cluster;
    private final Precedence precedence = Precedence.ofThisSession();
    private final Clients clients = Clients.start();
    private final long seed;
    private final boolean isShort;
    private int streams;

    private Chaos(ChaosCluster cluster, long seed, boolean isShort) {
        this.cluster = cluster;
        this.seed = seed;
        this.isShort = isShort;
    }

    static Chaos start(Options options, Map<String, String> settings) {
        Network network = network(options);
        System.out.println(network.description());
        return new Chaos(ChaosCluster.start(network, settings), options.seed(), options.isShort());
    }

    private static Network network(Options options) {
        boolean spaces = options.network().equals("netns")
                || (options.network().isEmpty() && NamespaceNetwork.isPossible(options.wan()));
        return spaces
                ? NamespaceNetwork.open(ChaosCluster.GROUPS, options.wan())
                : ProxyNetwork.open(ChaosCluster.GROUPS, options.wan(), options.seed());
    }

    /** One round; what goes wrong is in {@code outcome}, and the cluster is whole afterwards or this fails. */
    void round(Row row, Outcome outcome) throws InterruptedException {
        String stream = "live/" + row.name() + streams++;
        long roundSeed = seed * 1_000_003 + row.name().hashCode() * 31L + outcome.rounds;
        try (Round round = new Round(cluster, clients, stream, roundSeed, isShort, outcome)) {
            row.script().play(round);
        } catch (AssertionError | RuntimeException failed) {
            outcome.problem("round " + outcome.rounds + " (" + stream + "): " + failed);
            Journal.line("%s round %d: %s", stream, outcome.rounds, failed);
        }
        cluster.repair();
    }

    /** A stream that is watched everywhere, until nodes that have just been started have compiled most of what carries it. */
    private void rehearse() throws InterruptedException {
        try (Show show = new Show(cluster, clients, "live/rehearsal")) {
            show.publish("a1");
            show.watchAt(ChaosCluster.names());
            Calm.await(REHEARSAL);
        }
    }

    @SuppressWarnings("try") // closed before the hook goes
    public static void main(String[] arguments) throws InterruptedException {
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException refused) {
            System.err.println("chaos: " + refused.getMessage());
            System.exit(2);
            return;
        }
        if (options.list()) {
            Rows.ALL.forEach(row -> System.out.printf("%-30s %s%n", row.name(), row.event()));
            return;
        }
        System.setProperty(NodeProcess.AS_IN_PRODUCTION, "true");
        boolean kept = true;
        try (Chaos chaos = start(options, Map.of())) {
            Thread ended = new Thread(chaos::close, "clean up");
            Runtime.getRuntime().addShutdownHook(ended);
            chaos.rehearse();
            Table.head();
            for (Row row : options.rows()) {
                Outcome outcome = new Outcome();
                for (int i = 0; i < options.rounds(); i++) {
                    outcome.idle.add(100 * Calm.await(BETWEEN_ROUNDS));
                    System.gc(); // between rounds, so that what measures does not stand still in one
                    chaos.round(row, outcome);
                }
                Table.row(row, outcome);
                kept &= outcome.missed(row.limits()).isEmpty();
            }
            if (options.keep()) {
                System.out.println("the nodes run on until Ctrl-C; their logs are in target/multi-jvm-logs");
                new CountDownLatch(1).await();
            }
            chaos.close();
            Runtime.getRuntime().removeShutdownHook(ended);
        }
        System.exit(kept ? 0 : 1);
    }

    @Override
    public synchronized void close() {
        try (precedence) {
            clients.close();
            cluster.close();
        }
    }
}
