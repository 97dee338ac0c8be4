package io.headwater;

import io.headwater.config.ConfigException;
import io.headwater.config.Home;
import io.headwater.config.NodeConfig;
import io.headwater.config.Sources;
import io.headwater.observe.Logs;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts one node and keeps it until the process is told to end: by SIGTERM or SIGINT, then the node is taken out of
 * service first and ends with 0, or by the end of standard input if that was asked for.
 *
 * <p>Ends with 2 if the command line or the configuration is refused, and with 1 if the node could not start for another
 * reason; each with one line a problem on standard error.
 */
public final class Main {
    private static final int REFUSED = 2;
    private static final int FAILED = 1;

    private Main() {}

    public static void main(String[] arguments) {
        try {
            CommandLine line = CommandLine.parse(arguments);
            if (line.help()) {
                System.out.print(CommandLine.USAGE);
            } else if (line.version()) {
                System.out.println("headwater " + SelfReport.softwareVersion().name());
            } else {
                run(line);
            }
        } catch (ConfigException refused) {
            refused.problems().forEach(problem -> System.err.println("headwater: " + problem));
            System.exit(REFUSED);
        } catch (StartException failed) {
            System.err.println("headwater: " + failed.getMessage());
            if (!failed.isPlain()) {
                LoggerFactory.getLogger(Main.class).error("the node cannot start", failed);
            }
            Logs.close();
            System.exit(FAILED);
        }
    }

    private static void run(CommandLine line) throws StartException {
        // one place for what -D says, before or after the class's name: Pekko's own keys are read from there as well
        line.properties().forEach(System::setProperty);
        Home home = Home.open(line.home());
        Sources sources = new Sources(line.conf(), line.red5(), System.getenv(), properties());
        Node node = Node.start(NodeConfig.load(sources, home));
        node.readsAgain(() -> NodeConfig.load(sources, home));
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            node.close();
                            home.close();
                            Logs.close();
                            ended.countDown();
                        },
                        "shutdown"));
        StopSignals.listen(node);
        if (line.untilStdinCloses()) {
            stopWhenStdinCloses();
        }
        awaitQuietly(ended);
    }

    private static Map<String, String> properties() {
        return System.getProperties().stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name, name -> System.getProperty(name, "")));
    }

    private static void stopWhenStdinCloses() {
        Thread watch = new Thread(
                () -> {
                    try {
                        System.in.transferTo(java.io.OutputStream.nullOutputStream());
                    } catch (IOException closed) {
                        // an input that cannot be read any more is over as well
                    }
                    Logger log = LoggerFactory.getLogger(Main.class);
                    log.info("standard input ended, the node stops");
                    System.exit(0);
                },
                "stdin");
        watch.setDaemon(true);
        watch.start();
    }

    private static void awaitQuietly(CountDownLatch ended) {
        try {
            ended.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
