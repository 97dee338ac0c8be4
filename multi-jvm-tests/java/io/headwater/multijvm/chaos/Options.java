package io.headwater.multijvm.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What {@code scripts/chaos} is asked for. */
record Options(
        int rounds,
        List<Row> rows,
        long seed,
        Network.Wan wan,
        String network,
        boolean isShort,
        boolean list,
        boolean keep) {
    static final String USAGE = "scripts/chaos [--rounds N] [--only ROW[,ROW]] [--seed S] [--delay MS] [--jitter MS]"
            + " [--loss PERCENT] [--network netns|proxy] [--short] [--keep] [--list]";

    /** Reads them; throws an {@link IllegalArgumentException} with one line of what is wrong. */
    static Options parse(String[] arguments) {
        int rounds = 5;
        List<Row> rows = Rows.ALL;
        long seed = 1;
        int delay = 0;
        int jitter = 0;
        double loss = 0;
        String network = "";
        boolean isShort = false;
        boolean list = false;
        boolean keep = false;
        for (int i = 0; i < arguments.length; i++) {
            String key = arguments[i];
            switch (key) {
                case "--short" -> isShort = true;
                case "--list" -> list = true;
                case "--keep" -> keep = true;
                case "--rounds" -> rounds = (int) number(key, next(arguments, ++i), 1, 10_000);
                case "--seed" -> seed = (long) number(key, next(arguments, ++i), 0, 1e15);
                case "--delay" -> delay = (int) number(key, next(arguments, ++i), 0, 2_000);
                case "--jitter" -> jitter = (int) number(key, next(arguments, ++i), 0, 1_000);
                case "--loss" -> loss = number(key, next(arguments, ++i), 0, 20);
                case "--only" -> rows = rows(next(arguments, ++i));
                case "--network" -> {
                    network = next(arguments, ++i);
                    if (!List.of("netns", "proxy").contains(network)) {
                        throw new IllegalArgumentException("--network is " + network + ", expected netns or proxy");
                    }
                }
                default -> throw new IllegalArgumentException("unknown option " + key + "; " + USAGE);
            }
        }
        return new Options(rounds, rows, seed, new Network.Wan(delay, jitter, loss), network, isShort, list, keep);
    }

    private static List<Row> rows(String names) {
        List<Row> rows = new ArrayList<>();
        for (String name : names.split(",", -1)) {
            Optional<Row> row =
                    Rows.ALL.stream().filter(one -> one.name().equals(name)).findFirst();
            rows.add(row.orElseThrow(() -> new IllegalArgumentException("--only names " + name + ", expected some of "
                    + Rows.ALL.stream().map(Row::name).toList())));
        }
        return rows;
    }

    private static String next(String[] arguments, int at) {
        if (at >= arguments.length) {
            throw new IllegalArgumentException(arguments[at - 1] + " needs a value; " + USAGE);
        }
        return arguments[at];
    }

    private static double number(String key, String text, double from, double to) {
        try {
            double value = Double.parseDouble(text);
            if (value >= from && value <= to) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(
                String.format(Locale.ROOT, "%s is %s, expected a number from %.0f to %.0f", key, text, from, to));
    }
}
