package io.headwater.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** {@code --name value} pairs of a command line; an unknown name ends the program with the names there are. */
final class Options {
    private final Map<String, String> values = new TreeMap<>();

    Options(String[] args, int from, Set<String> known) {
        for (int i = from; i < args.length; i += 2) {
            String name = args[i].startsWith("--") ? args[i].substring(2) : "";
            if (!known.contains(name) || i + 1 >= args.length) {
                throw new IllegalArgumentException(args[i] + " is not an option with a value here, expected one of --"
                        + String.join(" --", known));
            }
            values.put(name, args[i + 1]);
        }
    }

    int number(String name, int otherwise) {
        return Integer.parseInt(values.getOrDefault(name, Integer.toString(otherwise)));
    }

    List<Integer> numbers(String name, String otherwise) {
        return words(name, otherwise).stream().map(Integer::valueOf).toList();
    }

    List<String> words(String name, String otherwise) {
        return Arrays.asList(values.getOrDefault(name, otherwise).split(",", -1));
    }
}
