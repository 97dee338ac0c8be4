package io.headwater.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.net.Counters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The dashboard, the alerts and the documentation speak of what is on the page. */
public class OpsFilesTest {
    private static final Pattern NAME = Pattern.compile("\\b(headwater_[a-z_]+|jvm_[a-z_]+|process_[a-z_]+)\\b");

    private static Set<String> onThePage() {
        MetricsPage page = new MetricsPage(new Counters());
        page.shows(new MetricsPageTest.Node(List.of(MetricsPageTest.hub("one", 1)), MetricsPageTest.links()), 10);
        return PageReader.read(page.text()).samples().keySet().stream()
                .map(name -> name.replaceAll("\\{.*", ""))
                .collect(Collectors.toSet());
    }

    /** The metrics that a file of {@code ops/} speaks of. */
    public static Set<String> namesIn(String file) throws IOException {
        Set<String> named = new TreeSet<>();
        Matcher names = NAME.matcher(Files.readString(Path.of(file)));
        while (names.find()) {
            named.add(names.group(1));
        }
        return named;
    }

    @ParameterizedTest
    @ValueSource(strings = {"ops/alerts.yml", "ops/grafana-dashboard.json"})
    void everyMetricOfTheDashboardAndTheAlertsIsOnThePage(String file) throws IOException {
        Set<String> named = namesIn(file);
        assertTrue(named.size() > 10, named::toString);
        Set<String> page = onThePage();
        named.removeIf(page::contains);
        assertEquals(Set.of(), named);
    }

    @Test
    void everyGaugeAndHistogramOfOursIsDocumented() throws IOException {
        String docs = Files.readString(Path.of("docs/metrics.md"));
        Set<String> missing = onThePage().stream()
                .filter(name -> name.startsWith("headwater_") && !name.endsWith("_total"))
                .map(name -> name.replaceAll("_(bucket|sum|count)$", ""))
                .filter(name -> !docs.contains("`" + name))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Set.of(), missing);
    }

    @Test
    void theDashboardIsJsonWithPanelsThatDoNotLieOnEachOther() throws IOException {
        var panels = new ObjectMapper()
                .readTree(Files.readString(Path.of("ops/grafana-dashboard.json")))
                .path("panels");
        Set<String> cells = new TreeSet<>();
        panels.forEach(panel -> {
            var place = panel.path("gridPos");
            for (int x = place.path("x").asInt();
                    x < place.path("x").asInt() + place.path("w").asInt();
                    x++) {
                for (int y = place.path("y").asInt();
                        y < place.path("y").asInt() + place.path("h").asInt();
                        y++) {
                    assertTrue(x < 24 && cells.add(x + " " + y), panel.path("title")::asText);
                }
            }
        });
        assertTrue(panels.size() > 20);
    }

    @Test
    void prometheusTakesTheRules() throws Exception {
        Process promtool;
        try {
            promtool = new ProcessBuilder("promtool", "check", "config", "ops/prometheus.yml")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException notInstalled) {
            return;
        }
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, promtool.waitFor(), said);
    }
}
