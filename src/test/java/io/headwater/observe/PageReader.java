package io.headwater.observe;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A metrics page as a test reads it: {@code name{label="value"}} and what it is. */
public final class PageReader {
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{[^}]*})? (\\S+)");

    private final Map<String, Double> samples = new TreeMap<>();

    private PageReader() {}

    public static PageReader read(String page) {
        PageReader reader = new PageReader();
        page.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            Matcher matcher = SAMPLE.matcher(line);
            if (!matcher.matches()) {
                throw new AssertionError("no sample: " + line);
            }
            String name = matcher.group(1)
                    + (matcher.group(2) == null ? "" : matcher.group(2).replace(",}", "}"));
            if (reader.samples.put(name, Double.parseDouble(matcher.group(3))) != null) {
                throw new AssertionError("twice: " + line);
            }
        });
        return reader;
    }

    /** What Prometheus' own reader says of the page; nothing if it likes it, or if it is not installed. */
    public static String complaintsOfPromtool(String page) throws IOException, InterruptedException {
        Process promtool;
        try {
            promtool = new ProcessBuilder("promtool", "check", "metrics")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException notInstalled) {
            return "";
        }
        promtool.getOutputStream().write(page.getBytes(StandardCharsets.UTF_8));
        promtool.getOutputStream().close();
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!promtool.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("promtool does not end: " + said);
        }
        return promtool.exitValue() == 0 ? "" : promtool.exitValue() + ": " + said;
    }

    /** The value of a sample by its whole name, {@code headwater_viewers{protocol="rtmp"}}. */
    public double value(String sample) {
        Double value = samples.get(sample);
        if (value == null) {
            throw new AssertionError("there is no " + sample);
        }
        return value;
    }

    public Map<String, Double> samples() {
        return samples;
    }
}
