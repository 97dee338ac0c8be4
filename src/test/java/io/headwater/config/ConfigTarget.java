package io.headwater.config;

import io.headwater.fuzz.FuzzTarget;
import io.headwater.fuzz.Targets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Files an operator writes, for the fuzzer: they are read, or refused in words. */
public final class ConfigTarget {
    private ConfigTarget() {}

    public static FuzzTarget file() {
        List<byte[]> seeds = Targets.texts(
                "headwater { http.port = 1, hub { max-streams = 1, max-viewers = 1 } }",
                "headwater.http.write-from = [\"10.0.0.0/8\"]\nheadwater.apps.live { park = 1s, hls.segment = 2s }\n",
                "headwater.cluster { seed-nodes = [\"h:1\"], secret = \"12345678\" }\nheadwater.relay.max-frame = 1MiB");
        List<byte[]> words = Targets.texts(
                "headwater",
                "include \"x\"",
                "${",
                "${?HOME}",
                "\"\"\"",
                "{",
                "[",
                "99999999999999",
                "-1",
                "NaN",
                "1e9s");
        Path folder = folder();
        Home home = Home.open(folder.resolve("home"));
        return new FuzzTarget("config", seeds, words, input -> {
            Path file = folder.resolve("headwater.conf");
            Files.write(file, input);
            return load(folder, home, Optional.of(file));
        });
    }

    public static FuzzTarget red5() {
        Path folder = folder();
        Home home = Home.open(folder.resolve("home"));
        return new FuzzTarget(
                "red5",
                Targets.texts(
                        "# a comment\nnodeGroup=region1\nrtmp.port=1935\n",
                        "modeGroup : region2\\\n  more\n",
                        "nodeGroup=a b\n"),
                Targets.texts("nodeGroup", "\\u", "\\u00", "\\\n", "=", ":"),
                input -> {
                    Files.write(folder.resolve("red5.properties"), input);
                    return load(folder, home, Optional.empty());
                });
    }

    private static String load(Path folder, Home home, Optional<Path> file) {
        try {
            NodeConfig.load(new Sources(file, folder.resolve("red5.properties"), Map.of(), Map.of()), home);
            return "read";
        } catch (ConfigException refused) {
            return "refused: "
                    + String.valueOf(refused.getMessage())
                            .replace(folder.toString(), "")
                            .replaceAll("'[^']*'|\"[^\"]*\"|[0-9]+", "")
                            .lines()
                            .findFirst()
                            .map(line -> line.substring(0, Math.min(60, line.length())))
                            .orElse("");
        }
    }

    private static Path folder() {
        try {
            Path folder = Files.createTempDirectory("headwater-fuzz");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
            return folder;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException gone) {
            // the system's temporary folder is cleared by itself
        }
    }
}
