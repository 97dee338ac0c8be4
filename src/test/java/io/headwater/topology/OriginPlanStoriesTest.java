package io.headwater.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Stories in {@code src/test/resources/topology}: commands, {@code ----}, and what the entities make of them.
 * {@code -Drewrite=true} writes today's answers; read the difference.
 */
class OriginPlanStoriesTest {
    private static final Path STORIES = Path.of("src/test/resources/topology");

    @ParameterizedTest(name = "{0}")
    @MethodSource("stories")
    void aStoryGoesAsItIsWritten(String name) throws IOException {
        Path file = STORIES.resolve(name);
        String written = Files.readString(file);
        String played = play(written);
        if (Boolean.getBoolean("rewrite")) {
            Files.writeString(file, played);
        }
        assertEquals(written, played);
    }

    static Stream<String> stories() throws IOException {
        try (Stream<Path> files = Files.list(STORIES)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
        }
    }

    /** The story with the answers as they are today. */
    static String play(String written) {
        Story story = new Story();
        StringBuilder played = new StringBuilder();
        List<String> commands = new ArrayList<>();
        boolean answers = false;
        for (String line : written.lines().toList()) {
            if (line.equals("----")) {
                played.append("----\n").append(story.play(commands));
                commands.clear();
                answers = true;
            } else if (line.isBlank()) {
                answers = false;
                played.append('\n');
            } else if (!answers) {
                played.append(line).append('\n');
                if (!line.startsWith("#")) {
                    commands.add(line);
                }
            }
        }
        return played.toString();
    }
}
