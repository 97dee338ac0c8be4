package io.headwater;

import io.headwater.config.ConfigException;
import io.headwater.config.Spelling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a node was started with.
 *
 * @param conf {@code --conf}, if given
 * @param home where the node keeps what it must remember
 * @param red5 where it keeps its node group
 * @param properties {@code -Dkey=value}
 */
record CommandLine(
        Optional<Path> conf,
        Path home,
        Path red5,
        Map<String, String> properties,
        boolean untilStdinCloses,
        boolean help,
        boolean version) {

    static final String USAGE = """
            Headwater, a clustered live media server.

            usage: bin/headwater node [options] (in a checkout scripts/node [options])
              --conf FILE           the configuration; conf/headwater.conf explains every key
              --home DIR            where this node keeps its node id and conf/red5.properties; one folder a node
              --red5 FILE           keep the node group in FILE instead of DIR/conf/red5.properties
              -Dheadwater.KEY=VALUE set one key, over the file and the environment (HEADWATER_KEY)
              --until-stdin-closes  stop when standard input ends, for programs that start nodes
              --help, --version
            """;

    private static final List<String> OPTIONS =
            List.of("--conf", "--home", "--red5", "--until-stdin-closes", "--help", "--version");

    /** @throws ConfigException with every argument that is not understood */
    static CommandLine parse(String... arguments) {
        Map<String, String> values = new LinkedHashMap<>();
        Map<String, String> properties = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            int equals = argument.indexOf('=');
            String name = argument.startsWith("--") && equals > 0 ? argument.substring(0, equals) : argument;
            if (argument.startsWith("-D") && equals > 2) {
                properties.put(argument.substring(2, equals), argument.substring(equals + 1));
            } else if (name.equals("--conf") || name.equals("--home") || name.equals("--red5")) {
                if (equals > 0 && !name.equals(argument)) {
                    values.put(name, argument.substring(equals + 1));
                } else if (i + 1 < arguments.length) {
                    values.put(name, arguments[++i]);
                } else {
                    problems.add(name + " is the last word, expected a path after it");
                }
            } else if (OPTIONS.contains(argument)) {
                values.put(argument, "");
            } else if (argument.startsWith("-D")) {
                problems.add(argument + " has no value, expected -Dkey=value");
            } else {
                problems.add(argument + " is not an option" + Spelling.hint(name, OPTIONS) + " (--help lists them)");
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        Path home = Path.of(values.getOrDefault("--home", ".headwater"));
        return new CommandLine(
                Optional.ofNullable(values.get("--conf")).map(Path::of),
                home,
                Path.of(values.getOrDefault(
                        "--red5", home.resolve("conf/red5.properties").toString())),
                properties,
                values.containsKey("--until-stdin-closes"),
                values.containsKey("--help"),
                values.containsKey("--version"));
    }
}
