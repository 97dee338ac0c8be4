package io.headwater.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Reads typed values below one section. What does not fit is reported, and the default is read in its place, so that the
 * reading goes on and finds the rest.
 */
final class Values {
    private static final Set<String> ON = Set.of("true", "on", "yes");
    private static final Set<String> OFF = Set.of("false", "off", "no");

    private final Config config;
    private final Config reference;
    private final String section;
    private final Problems problems;

    Values(Config config, Config reference, String section, Problems problems) {
        this.config = config;
        this.reference = reference;
        this.section = section;
        this.problems = problems;
    }

    /** The values below {@code name}. */
    Values at(String name) {
        return new Values(config, reference, section + "." + name, problems);
    }

    /** The values of one application: what it does not set itself is as for {@code default}. */
    Values app(String name) {
        String apps = section + ".apps.";
        String own = apps + KnownKeys.join(List.of(name));
        Config merged = config.hasPath(own)
                ? config.withValue(own, config.getValue(own).withFallback(config.getValue(apps + "default")))
                : config;
        Config defaults = reference.withValue(own, reference.getValue(apps + "default"));
        return new Values(merged, defaults, own, problems);
    }

    /** The names below this section. */
    List<String> names() {
        return List.copyOf(config.getObject(section).keySet());
    }

    /** A TCP port; 0 takes any free one. */
    int port(String key) {
        return (int) number(key, 0, 65535);
    }

    int integer(String key, int least, int most) {
        return (int) number(key, least, most);
    }

    long number(String key, long least, long most) {
        String expected = "expected a whole number between " + least + " and " + most;
        ConfigValue value = value(key);
        try {
            long number =
                    new java.math.BigDecimal(String.valueOf(value.unwrapped()).strip()).longValueExact();
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException | ArithmeticException notWhole) {
            // told below
        }
        refuse(key, value, expected);
        return reference.getLong(path(key));
    }

    /** A size such as {@code 16MiB}. */
    long bytes(String key, long least, long most) {
        ConfigValue value = value(key);
        try {
            long bytes = config.getBytes(path(key));
            if (bytes >= least && bytes <= most) {
                return bytes;
            }
        } catch (com.typesafe.config.ConfigException notASize) {
            // told below
        }
        refuse(
                key,
                value,
                "expected a size between " + size(least) + " and " + size(most) + " such as 512KiB or 16MiB");
        return reference.getBytes(path(key));
    }

    Duration duration(String key, Duration least, Duration most) {
        ConfigValue value = value(key);
        try {
            Duration duration = config.getDuration(path(key));
            if (duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0) {
                return duration;
            }
        } catch (com.typesafe.config.ConfigException | ArithmeticException notADuration) {
            // told below
        }
        refuse(
                key,
                value,
                "expected a duration between " + time(least) + " and " + time(most) + " such as 500ms or 15s");
        return reference.getDuration(path(key));
    }

    boolean flag(String key) {
        ConfigValue value = value(key);
        Object plain = value.unwrapped();
        if (plain instanceof Boolean flag) {
            return flag;
        }
        String word = String.valueOf(plain).toLowerCase(Locale.ROOT);
        if (ON.contains(word) || OFF.contains(word)) {
            return ON.contains(word);
        }
        refuse(key, value, "expected on or off");
        return reference.getBoolean(path(key));
    }

    <T> T choice(String key, Map<String, T> choices) {
        ConfigValue value = value(key);
        T chosen = choices.get(String.valueOf(value.unwrapped()));
        if (chosen != null) {
            return chosen;
        }
        refuse(
                key,
                value,
                "expected one of "
                        + String.join(", ", choices.keySet().stream().sorted().toList()));
        return java.util.Objects.requireNonNull(choices.get(reference.getString(path(key))));
    }

    String text(String key, Predicate<String> fits, String expected) {
        ConfigValue value = value(key);
        if (isScalar(value)) {
            String text = String.valueOf(value.unwrapped());
            if (fits.test(text)) {
                return text;
            }
        }
        refuse(key, value, expected);
        return reference.getString(path(key));
    }

    /** Like {@link #text}, but the value never appears in an error. */
    String secret(String key, Predicate<String> fits, String expected) {
        ConfigValue value = value(key);
        String text = isScalar(value) ? String.valueOf(value.unwrapped()) : "";
        if (isScalar(value) && fits.test(text)) {
            return text;
        }
        problems.add(path(key) + " is not shown (" + Layers.where(value) + "), " + expected);
        return reference.getString(path(key));
    }

    List<String> list(String key, Predicate<String> fits, String expected) {
        ConfigValue value = value(key);
        if (value instanceof ConfigObject) {
            value = numbered(key, value);
        }
        if (!(value instanceof ConfigList list)) {
            refuse(key, value, "expected a list [ ... ], each " + expected);
            return reference.getStringList(path(key));
        }
        List<String> texts = new ArrayList<>();
        for (ConfigValue element : list) {
            String text = String.valueOf(element.unwrapped());
            if (isScalar(element) && fits.test(text)) {
                texts.add(text);
            } else {
                refuse(key, element, "expected " + expected);
            }
        }
        return texts;
    }

    /** Like {@link #list}, but the values never appear in an error. */
    List<String> secrets(String key, Predicate<String> fits, String expected) {
        ConfigValue value = value(key);
        if (value instanceof ConfigObject) {
            value = numbered(key, value);
        }
        if (!(value instanceof ConfigList list)) {
            problems.add(path(key) + " is not shown (" + Layers.where(value) + "), expected a list [ ... ]");
            return reference.getStringList(path(key));
        }
        List<String> texts = new ArrayList<>();
        for (ConfigValue element : list) {
            String text = String.valueOf(element.unwrapped());
            if (isScalar(element) && fits.test(text)) {
                texts.add(text);
            } else {
                problems.add(path(key) + " is not shown (" + Layers.where(element) + "), " + expected);
            }
        }
        return texts;
    }

    /** What is set, for a check that concerns several keys. */
    void refuse(String key, String expected) {
        refuse(key, value(key), expected);
    }

    /** Where the value of a key was set. */
    String where(String key) {
        return Layers.where(value(key));
    }

    private ConfigValue numbered(String key, ConfigValue otherwise) {
        try {
            return config.getList(path(key));
        } catch (com.typesafe.config.ConfigException notAList) {
            return otherwise;
        }
    }

    private void refuse(String key, ConfigValue value, String expected) {
        problems.add(path(key) + " is " + KnownKeys.shown(value) + " (" + Layers.where(value) + "), " + expected);
    }

    private ConfigValue value(String key) {
        Config here = config;
        ConfigValue value = here.root();
        for (String name : ConfigUtil.splitPath(path(key))) {
            value = java.util.Objects.requireNonNull(((ConfigObject) value).get(name), key);
        }
        return value;
    }

    private static boolean isScalar(ConfigValue value) {
        return value.valueType() == ConfigValueType.STRING
                || value.valueType() == ConfigValueType.NUMBER
                || value.valueType() == ConfigValueType.BOOLEAN;
    }

    private String path(String key) {
        return section + "." + key;
    }

    private static String time(Duration duration) {
        if (duration.toMillis() % 1000 != 0) {
            return duration.toMillis() + "ms";
        }
        long seconds = duration.toSeconds();
        return seconds >= 3600 && seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds + "s";
    }

    private static String size(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB"};
        int unit = 0;
        while (unit < 3 && bytes >= 1024 && bytes % 1024 == 0) {
            bytes /= 1024;
            unit++;
        }
        return bytes + units[unit];
    }
}
