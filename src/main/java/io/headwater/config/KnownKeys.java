package io.headwater.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Every key there is, taken from {@code reference.conf}: a key that has no default there does not exist.
 *
 * <p>Keys under {@code headwater.apps.<app>} are those of {@code headwater.apps.default}.
 */
final class KnownKeys {
    static final String ROOT = "headwater";

    private static final String APPS = "apps";
    private static final String TEMPLATE = "default";

    private final Map<String, ConfigValueType> leaves = new TreeMap<>();
    private final List<String> sections = new ArrayList<>();

    KnownKeys(Config reference) {
        collect(List.of(ROOT), reference.getObject(ROOT));
    }

    private void collect(List<String> path, ConfigObject object) {
        sections.add(join(path));
        object.forEach((name, value) -> {
            List<String> here = append(path, name);
            if (value instanceof ConfigObject inner) {
                collect(here, inner);
            } else {
                leaves.put(join(here), value.valueType());
            }
        });
    }

    /** Whether there is a value of that name. */
    boolean isLeaf(List<String> path) {
        return leaves.containsKey(join(template(path)));
    }

    boolean isList(List<String> path) {
        return leaves.get(join(template(path))) == ConfigValueType.LIST;
    }

    /** Whether there are keys below that name. */
    boolean isSection(List<String> path) {
        return sections.contains(join(template(path)));
    }

    /** Every key as it is written, with {@code headwater.apps.default} standing for all applications. */
    List<String> names() {
        return List.copyOf(leaves.keySet());
    }

    /** What is wrong with a name that is not known. */
    String unknown(List<String> path) {
        String written = join(path);
        List<String> known = new ArrayList<>();
        for (String name : names()) {
            known.add(name);
            if (isApp(path)) {
                known.add(name.replace(ROOT + ".apps.default.", ROOT + ".apps." + path.get(2) + "."));
            }
        }
        known.addAll(sections);
        return written + " is not a known key" + Spelling.hint(written, known);
    }

    /** The environment variable of a key: capitals, with {@code _} for every dot and dash. */
    static String environmentName(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    Optional<String> ofEnvironmentName(String variable) {
        return leaves.keySet().stream()
                .filter(key -> environmentName(key).equals(variable))
                .findFirst();
    }

    static String join(List<String> path) {
        return path.stream().allMatch(name -> name.matches("[A-Za-z0-9_-]+"))
                ? String.join(".", path)
                : ConfigUtil.joinPath(path);
    }

    static List<String> append(List<String> path, String name) {
        List<String> longer = new ArrayList<>(path);
        longer.add(name);
        return longer;
    }

    /** What a value is called in an error: short, one line. */
    static String shown(ConfigValue value) {
        Object plain = value.unwrapped();
        String text = plain instanceof String word ? "'" + word + "'" : String.valueOf(plain);
        String printable = text.replaceAll("\\s+", " ");
        return printable.length() <= 60 ? printable : printable.substring(0, 60) + "...";
    }

    private static boolean isApp(List<String> path) {
        return path.size() >= 3 && path.get(0).equals(ROOT) && path.get(1).equals(APPS);
    }

    private static List<String> template(List<String> path) {
        if (!isApp(path)) {
            return path;
        }
        List<String> general = new ArrayList<>(path);
        general.set(2, TEMPLATE);
        return general;
    }
}
