package io.headwater.cli;

import io.headwater.Main;
import io.headwater.config.ConfigException;
import io.headwater.config.Home;
import io.headwater.config.NodeConfig;
import io.headwater.config.Sources;
import io.headwater.demo.ClassArchive;
import io.headwater.demo.Demo;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/**
 * {@code bin/headwater}. Ends with 0, with 1 if what was asked for failed, with 2 if it was not understood or a
 * configuration is refused, and with 3 if it was not done in time.
 */
@Command(
        name = "headwater",
        description = "A clustered live media server.",
        mixinStandardHelpOptions = false,
        subcommands = {
            Headwater.NodeCommand.class,
            Headwater.DemoCommand.class,
            Headwater.Prepare.class,
            Headwater.CheckConfig.class,
            ClusterCommands.Status.class,
            ClusterCommands.Topology.class,
            ClusterCommands.Drain.class,
            Headwater.Version.class,
            GenerateCompletion.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  headwater node                                   a complete server",
            "  headwater node --conf /etc/headwater/headwater.conf --home /var/lib/headwater",
            "  headwater prepare                                nodes of this machine start sooner and take less memory",
            "  headwater check-config --conf my.conf            what a node would say of it",
            "  headwater status --url http://edge1:5080         the cluster as a table",
            "  headwater topology live/stream1                  who feeds whom",
            "  headwater drain --within 30s --wait              takes the node of this machine out of service",
            "  HEADWATER_TOKEN=... headwater drain --url http://edge1:5080    another one, which asks for a token",
            "  source <(headwater generate-completion)          completion in this shell"
        })
public final class Headwater implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "This text; each command has its own.")
    private boolean unusedHelp;

    private Headwater() {}

    public static void main(String[] arguments) {
        int exit = commandLine().execute(arguments);
        if (exit >= 0) {
            System.exit(exit);
        }
    }

    /** The commands, for a test too. */
    public static CommandLine commandLine() {
        return new CommandLine(new Headwater())
                .setExecutionExceptionHandler((failed, line, parsed) -> {
                    // what a person did or a network does: one line, no trace
                    line.getErr().println("headwater: " + failed.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .setUsageHelpWidth(110);
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** Passes all words on: the node reads its command line itself. */
    @Command(name = "node", description = "Starts a node; node --help lists its options.")
    static final class NodeCommand implements Callable<Integer> {
        @Unmatched
        private final List<String> words = new ArrayList<>();

        @Override
        public Integer call() {
            Main.main(words.toArray(String[]::new));
            return -1; // it has ended the process itself, or its threads go on
        }
    }

    @Command(
            name = "demo",
            description = "Starts four nodes in two regions, a publisher and players, to watch; demo --help.")
    static final class DemoCommand implements Callable<Integer> {
        @Unmatched
        private final List<String> words = new ArrayList<>();

        @Override
        public Integer call() throws Exception {
            Demo.main(words.toArray(String[]::new));
            return -1;
        }
    }

    @Command(
            name = "prepare",
            description = {
                "Lets nodes of this machine start sooner and take less memory, until Java or Headwater is another one.",
                "Starts two nodes on loopback with ports of their own for some ten seconds, and keeps the classes they needed"
                        + " beside the jars."
            })
    static final class Prepare implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "This text.")
        private boolean unusedHelp;

        @Override
        public Integer call() throws IOException {
            Path file = Path.of(System.getProperty(ClassArchive.FILE, ""));
            ClassArchive.make(Path.of(System.getProperty(ClassArchive.ROOT, "")), file);
            spec.commandLine().getOut().println(file);
            return CommandLine.ExitCode.OK;
        }
    }

    @Command(
            name = "check-config",
            description = "Says what is wrong with a configuration, or that nothing is, as a node would at its start.",
            footer = {
                "",
                "Every problem is one line: the key, its value, the file and line, and what was expected.",
                "",
                "Examples:",
                "  headwater check-config --conf /etc/headwater/headwater.conf",
                "  headwater check-config --conf my.conf --home /var/lib/headwater -Dheadwater.rtmp.port=1936",
                "  headwater check-config --conf my.conf && systemctl restart headwater"
            })
    static final class CheckConfig implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "This text.")
        private boolean unusedHelp;

        @Option(names = "--conf", paramLabel = "FILE", description = "The configuration file.")
        private Optional<Path> conf = Optional.empty();

        @Option(names = "--home", paramLabel = "DIR", description = "The node's home.")
        private Optional<Path> home = Optional.empty();

        @Option(names = "--red5", paramLabel = "FILE", description = "The file that keeps the node group.")
        private Optional<Path> red5 = Optional.empty();

        @Option(names = "-D", paramLabel = "KEY=VALUE", description = "Sets one key, as for a node.")
        private Map<String, String> properties = new TreeMap<>();

        @Override
        public Integer call() throws IOException {
            PrintWriter err = spec.commandLine().getErr();
            PrintWriter out = spec.commandLine().getOut();
            Path scratch = Files.createTempDirectory("headwater-check");
            // a node may run in its own home: nothing there is touched
            try (Home none = Home.open(scratch)) {
                Path group = red5.orElse(home.orElse(Path.of(".headwater")).resolve("conf/red5.properties"));
                NodeConfig config = NodeConfig.load(new Sources(conf, group, System.getenv(), properties), none);
                config.warnings().forEach(warning -> err.println("headwater: warning: " + warning));
                out.println("the configuration is good: node group "
                        + config.group().group() + ", seed nodes "
                        + config.addresses().seedNodes());
                return CommandLine.ExitCode.OK;
            } catch (ConfigException refused) {
                refused.problems().forEach(problem -> err.println("headwater: " + problem));
                err.println("headwater: " + refused.problems().size() + " problem"
                        + (refused.problems().size() == 1 ? "" : "s"));
                return CommandLine.ExitCode.USAGE;
            } finally {
                delete(scratch);
            }
        }

        private static void delete(Path folder) throws IOException {
            try (var files = Files.walk(folder)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    @Command(name = "version", description = "Says which version this is, and which Java runs it.")
    static final class Version implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Override
        public Integer call() {
            String version = Headwater.class.getPackage().getImplementationVersion();
            spec.commandLine()
                    .getOut()
                    .println("headwater " + Optional.ofNullable(version).orElse("development") + " (Java "
                            + Runtime.version() + ")");
            return CommandLine.ExitCode.OK;
        }
    }
}
