package io.headwater.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * The places where a key may be set, each a {@link Config} whose values know where they come from.
 *
 * <p>What is not a known key, or has the shape of something else, is reported and left out, so that what is merged from
 * the layers always has every key.
 */
final class Layers {
    /** Variables that the scripts, the log and the commands read themselves. */
    private static final Set<String> OF_PROGRAMS = Set.of(
            "HEADWATER_JAVA_OPTS",
            "HEADWATER_HOME",
            "HEADWATER_CLASSES",
            "HEADWATER_LOG_LEVEL",
            "HEADWATER_LOG_FORMAT",
            "HEADWATER_URL",
            "HEADWATER_TOKEN",
            "HEADWATER_DEMO_ROWS",
            "HEADWATER_DEMO_COLUMNS");

    private final KnownKeys known;
    private final Problems problems;

    Layers(KnownKeys known, Problems problems) {
        this.known = known;
        this.problems = problems;
    }

    /** A HOCON file. Substitutions may refer to defaults and to the environment. */
    Config file(Path path, Config reference) {
        if (!Files.exists(path)) {
            problems.add(path + " does not exist, expected a configuration file");
            return ConfigFactory.empty();
        }
        if (Files.isDirectory(path) || !Files.isReadable(path)) {
            problems.add(path + " cannot be read, expected a readable configuration file");
            return ConfigFactory.empty();
        }
        try {
            File file = path.toFile();
            Config parsed =
                    ConfigFactory.parseFile(file, ConfigParseOptions.defaults().setAllowMissing(false));
            Config resolved = parsed.resolveWith(parsed.withFallback(reference));
            return kept(resolved);
        } catch (com.typesafe.config.ConfigException refused) {
            problems.add(where(refused.origin(), path) + ": " + reason(refused));
            return ConfigFactory.empty();
        }
    }

    private Config kept(Config config) {
        Config kept = config;
        for (Map.Entry<String, ConfigValue> entry : config.root().entrySet()) {
            if (!entry.getKey().equals(KnownKeys.ROOT)) {
                problems.add(KnownKeys.join(List.of(entry.getKey())) + " is not a known key (" + where(entry.getValue())
                        + "), expected keys under " + KnownKeys.ROOT + " only");
                kept = kept.withoutPath(ConfigUtil.joinPath(entry.getKey()));
            }
        }
        return kept.hasPathOrNull(KnownKeys.ROOT) ? keptBelow(kept, List.of(KnownKeys.ROOT)) : kept;
    }

    private Config keptBelow(Config config, List<String> path) {
        ConfigValue value = config.root();
        for (String name : path) {
            value = Objects.requireNonNull(((ConfigObject) value).get(name), name);
        }
        if (known.isLeaf(path)) {
            return config;
        }
        if (!known.isSection(path)) {
            problems.add(known.unknown(path) + " (" + where(value) + ")");
            return config.withoutPath(ConfigUtil.joinPath(path));
        }
        if (!(value instanceof ConfigObject section)) {
            problems.add(KnownKeys.join(path) + " is " + KnownKeys.shown(value) + " (" + where(value)
                    + "), expected a section { ... }");
            return config.withoutPath(ConfigUtil.joinPath(path));
        }
        Config kept = config;
        for (String name : section.keySet()) {
            kept = keptBelow(kept, KnownKeys.append(path, name));
        }
        return kept;
    }

    /** Variables such as {@code HEADWATER_RTMP_PORT}; a list is separated by commas. */
    Config environment(Map<String, String> variables) {
        Config config = ConfigFactory.empty();
        for (String key : known.names()) {
            String variable = KnownKeys.environmentName(key);
            String value = variables.get(variable);
            if (value != null) {
                config = with(config, Arrays.asList(key.split("\\.", -1)), value, "environment " + variable);
            }
        }
        return config;
    }

    /** Properties such as {@code headwater.rtmp.port}; a list is separated by commas or given by {@code key.0}, {@code key.1}. */
    Config properties(Map<String, String> properties) {
        Config config = ConfigFactory.empty();
        Map<String, TreeMap<Integer, String>> lists = new TreeMap<>();
        for (Map.Entry<String, String> property : new TreeMap<>(properties).entrySet()) {
            String name = property.getKey();
            if (!name.startsWith(KnownKeys.ROOT + ".")) {
                continue;
            }
            List<String> path = Arrays.asList(name.split("\\.", -1));
            List<String> parent = path.subList(0, path.size() - 1);
            String last = path.get(path.size() - 1);
            if (known.isLeaf(path)) {
                config = with(config, path, property.getValue(), "-D" + name);
            } else if (known.isList(parent) && last.matches("[0-9]{1,4}")) {
                lists.computeIfAbsent(KnownKeys.join(parent), list -> new TreeMap<>())
                        .put(Integer.valueOf(last), property.getValue());
            } else {
                problems.add(known.unknown(path) + " (-D" + name + ")");
            }
        }
        for (Map.Entry<String, TreeMap<Integer, String>> list : lists.entrySet()) {
            config = config.withValue(
                    list.getKey(),
                    ConfigValueFactory.fromIterable(list.getValue().values(), "-D" + list.getKey() + ".N"));
        }
        return config;
    }

    /**
     * Variables that look like ours and are not. Only a warning: container platforms put such names into the environment
     * for a service that is called headwater.
     */
    List<String> strangeVariables(Map<String, String> variables) {
        List<String> names =
                known.names().stream().map(KnownKeys::environmentName).toList();
        return new java.util.TreeSet<>(variables.keySet())
                .stream()
                        .filter(variable -> variable.startsWith("HEADWATER_")
                                && !OF_PROGRAMS.contains(variable)
                                && !names.contains(variable))
                        .map(variable -> "environment " + variable + " is ignored, it names no key"
                                + Spelling.hint(variable, names))
                        .toList();
    }

    private Config with(Config config, List<String> path, String value, String origin) {
        ConfigValue parsed = known.isList(path)
                ? ConfigValueFactory.fromIterable(commaSeparated(value), origin)
                : ConfigValueFactory.fromAnyRef(value, origin);
        return config.withValue(KnownKeys.join(path), parsed);
    }

    private static List<String> commaSeparated(String value) {
        return Arrays.stream(value.split(",", -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    /** {@code file:line}, or the variable or property a value came from. */
    static String where(ConfigValue value) {
        ConfigOrigin origin = value.origin();
        return origin.filename() != null && origin.lineNumber() > 0
                ? origin.filename() + ":" + origin.lineNumber()
                : origin.description();
    }

    @SuppressWarnings("NullAway") // the library's origin may be missing although nothing says so
    private static String where(ConfigOrigin origin, Path file) {
        return origin == null || origin.lineNumber() <= 0 ? file.toString() : file + ":" + origin.lineNumber();
    }

    private static String reason(com.typesafe.config.ConfigException refused) {
        String text = String.valueOf(refused.getMessage()).replaceAll("\\s+", " ");
        int end = text.indexOf(": ", text.indexOf(": ") + 1);
        ConfigOrigin origin = refused.origin();
        return origin != null && end > 0 && text.startsWith(origin.description().split(":", 2)[0])
                ? text.substring(end + 2)
                : text;
    }
}
