package io.headwater.demo;

import java.nio.file.Path;
import java.util.Map;

/**
 * What the demo was asked for.
 *
 * @param seconds how long it shows the running cluster, 0 until Ctrl-C
 * @param columns width of the terminal, 0 for plain lines
 * @param rows height of the terminal
 * @param root the checkout
 */
record DemoOptions(boolean help, int seconds, int columns, int rows, boolean colours, Path root) {
    /** System property: the checkout, or the unpacked archive, if the demo is not started in it. */
    static final String ROOT = "headwater-demo.root";

    static final String USAGE = """
            A two-region cluster on this machine, with a publisher and players, to watch.

            usage: bin/headwater demo [options] (in a checkout scripts/demo [options])
              --seconds N   end by itself after N seconds of the running cluster: with 0 if every step of the scenario
                            held, with 1 and the steps that did not if not
              --plain       plain lines, as when the output is not a terminal
              --help        this text

            NO_COLOR=1 switches colours off. Ctrl-C stops everything.
            """;

    /** @throws IllegalArgumentException with a line for the user */
    static DemoOptions parse(String[] arguments, Map<String, String> environment) {
        boolean help = false;
        int seconds = 0;
        int columns = number(environment.getOrDefault("HEADWATER_DEMO_COLUMNS", "0"), "HEADWATER_DEMO_COLUMNS");
        int rows = number(environment.getOrDefault("HEADWATER_DEMO_ROWS", "40"), "HEADWATER_DEMO_ROWS");
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--help", "-h" -> help = true;
                case "--plain" -> columns = 0;
                case "--seconds" -> {
                    if (i + 1 == arguments.length) {
                        throw new IllegalArgumentException("--seconds is the last word, expected a number after it");
                    }
                    seconds = number(arguments[++i], "--seconds");
                    if (seconds == 0) {
                        throw new IllegalArgumentException("--seconds is 0, expected 1 to 999999");
                    }
                }
                default ->
                    throw new IllegalArgumentException(
                            arguments[i] + " is not an option, expected --seconds N, --plain or --help");
            }
        }
        boolean colours =
                columns > 0 && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new DemoOptions(
                help,
                seconds,
                columns,
                rows,
                colours,
                Path.of(System.getProperty(ROOT, "")).toAbsolutePath());
    }

    private static int number(String text, String name) {
        if (!text.matches("\\d{1,6}")) {
            throw new IllegalArgumentException(name + " is '" + text + "', expected 1 to 999999");
        }
        return Integer.parseInt(text);
    }
}
