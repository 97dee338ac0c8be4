package io.headwater;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.config.ConfigException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
    @Test
    void everyOptionIsRead() {
        CommandLine line = CommandLine.parse(
                "--conf", "a.conf", "--home=/h", "-Dheadwater.rtmp.port=1936", "-Dx=a=b", "--until-stdin-closes");
        assertEquals(Optional.of(Path.of("a.conf")), line.conf());
        assertEquals(Path.of("/h"), line.home());
        assertEquals(Path.of("/h/conf/red5.properties"), line.red5());
        assertEquals(Map.of("headwater.rtmp.port", "1936", "x", "a=b"), line.properties());
        assertTrue(line.untilStdinCloses());
        assertEquals(
                Path.of("r"), CommandLine.parse("--home", "/h", "--red5", "r").red5());
    }

    @Test
    void nothingIsAnAnswerToo() {
        CommandLine line = CommandLine.parse();
        assertEquals(Optional.empty(), line.conf());
        assertEquals(Path.of(".headwater/conf/red5.properties"), line.red5());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --hom /x       | --hom is not an option, did you mean --home? (--help lists them)
            --cnf=a        | --cnf=a is not an option, did you mean --conf? (--help lists them)
            start          | start is not an option
            --conf         | --conf is the last word, expected a path after it
            -Dheadwater.x  | -Dheadwater.x has no value, expected -Dkey=value
            """)
    void whatIsNotUnderstoodIsRefused(String arguments, String problem) {
        ConfigException refused =
                assertThrows(ConfigException.class, () -> CommandLine.parse(arguments.split(" ", -1)));
        assertTrue(refused.problems().get(0).contains(problem), refused.getMessage());
    }

    @Test
    void allThatIsNotUnderstoodIsToldAtOnce() {
        assertEquals(
                List.of("-x", "-y"),
                assertThrows(ConfigException.class, () -> CommandLine.parse("-x", "-y")).problems().stream()
                        .map(problem -> problem.substring(0, 2))
                        .toList());
    }
}
