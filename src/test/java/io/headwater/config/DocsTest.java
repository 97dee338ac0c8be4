package io.headwater.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.headwater.cli.Headwater;
import io.headwater.net.Metric;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The pages name settings and counters that exist, and show configurations and flags that are so. */
class DocsTest {
    private static final Config REFERENCE =
            ConfigFactory.parseResources("reference.conf").resolve().getConfig("headwater");

    private static final Set<String> COUNTERS =
            Stream.of(Metric.values()).map(Metric::wireName).collect(Collectors.toSet());

    /** {@code `hub.ring-time`}, with or without the project's name before it and a value behind it. */
    private static final Pattern KEY = Pattern.compile("`(headwater\\.)?([a-z][a-z0-9]*(?:\\.[A-Za-z0-9{}*-]+)+)[`= ]");

    /** A block without a language that sets something. */
    private static final Pattern CONFIGURATION = Pattern.compile("(?sm)^ *```\\n *(headwater[. ][^`]*?)^ *```");

    /** A file beside the page, and a heading in it; not an address. */
    private static final Pattern LINK = Pattern.compile("\\]\\(([^):# ]*)(?:#([^) ]+))?\\)");

    private static final Pattern CLASS = Pattern.compile("[a-z.]+\\.[A-Z][a-z].*");

    @Test
    void everySettingAndCounterThatAPageNamesIsThere() throws IOException {
        Set<String> wrong = new TreeSet<>();
        int named = 0;
        for (Path page : pages()) {
            Matcher key = KEY.matcher(Files.readString(page));
            while (key.find()) {
                String name = key.group(2);
                if (isOurs(name) && !CLASS.matcher(name).matches()) {
                    named++;
                    if (!isSetting(name) && !isCounter(name)) {
                        wrong.add(page.getFileName() + ": " + name);
                    }
                }
            }
        }
        assertEquals(Set.of(), wrong);
        assertTrue(named > 100, "only " + named + " were found");
    }

    @Test
    void everyLinkOfAPageLeadsToAFileOfTheArchiveAndToAHeading() throws IOException {
        String archived = Files.readString(Path.of("src/main/assembly/archive.xml"));
        Set<String> wrong = new TreeSet<>();
        int links = 0;
        for (Path page : pages()) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                links++;
                Path file = link.group(1).isEmpty()
                        ? page
                        : page.resolveSibling(link.group(1)).normalize();
                String top = file.getName(0).toString();
                if (!Files.exists(file) || !archived.contains(">" + top + "<")) {
                    wrong.add(page.getFileName() + ": " + link.group());
                } else if (link.group(2) != null && !headings(file).contains(link.group(2))) {
                    wrong.add(page.getFileName() + ": no heading " + link.group());
                }
            }
        }
        assertEquals(Set.of(), wrong);
        assertTrue(links > 40, "only " + links + " were found");
    }

    /** As the sites that show pages name them. */
    private static Set<String> headings(Path page) throws IOException {
        return Files.readAllLines(page).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    @Test
    void everyConfigurationOnAPageIsTaken(@TempDir Path folder) throws IOException {
        int blocks = 0;
        for (Path page : pages()) {
            Matcher block = CONFIGURATION.matcher(Files.readString(page));
            while (block.find()) {
                Path conf = Files.writeString(folder.resolve("page" + blocks++ + ".conf"), block.group(1));
                StringWriter said = new StringWriter();
                CommandLine line = Headwater.commandLine();
                line.setErr(new PrintWriter(said, true));
                line.setOut(new PrintWriter(said, true));
                int exit = line.execute(
                        "check-config",
                        "--conf",
                        conf.toString(),
                        "--red5",
                        folder.resolve("none.properties").toString());
                assertEquals(0, exit, () -> page + "\n" + block.group(1) + said);
            }
        }
        assertTrue(blocks >= 4, "only " + blocks + " were found");
    }

    /** What is measured with one of them, and told of it, has to be true of the other one. */
    @Test
    void theScriptOfTheCheckoutStartsANodeWithTheFlagsOfTheArchive() throws IOException {
        String script = Files.readString(Path.of("scripts/node"));
        assertTrue(script.contains("exec \"$root/bin/headwater\" node"), script);
        assertTrue(!script.contains("-XX:"), script);
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> pages = Files.list(Path.of("docs"))) {
            return Stream.concat(Stream.of(Path.of("README.md"), Path.of("ARCHITECTURE.md")), pages)
                    .filter(page -> page.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        } catch (UncheckedIOException unreadable) {
            throw unreadable.getCause();
        }
    }

    private static boolean isOurs(String name) {
        String first = name.substring(0, name.indexOf('.') + 1);
        return REFERENCE.root().containsKey(first.substring(0, first.length() - 1))
                || COUNTERS.stream().anyMatch(counter -> counter.startsWith(first));
    }

    private static boolean isSetting(String name) {
        String path = name.replaceFirst("^apps\\.(NAME|\\{app})", "apps.default");
        return path.matches("[a-z0-9.-]+") && REFERENCE.hasPathOrNull(path);
    }

    private static boolean isCounter(String name) {
        return name.endsWith("*")
                ? COUNTERS.stream().anyMatch(counter -> counter.startsWith(name.substring(0, name.length() - 1)))
                : COUNTERS.contains(name);
    }
}
