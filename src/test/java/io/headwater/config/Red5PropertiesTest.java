package io.headwater.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class Red5PropertiesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            nodeGroup=a                              | a
            nodeGroup = a~                           | a
            `  nodeGroup:a~`                         | a
            nodeGroup a~                             | a
            #nodeGroup=x~http.port=5080~nodeGroup=a~ | a
            nodeGroup=x~nodeGroup=a~                 | a
            nodeGroup=re\\~  gion1~                  | region1
            nodeGroup=a~modeGroup=x~                 | a
            modeGroup=a~                             | a
            other=nodeGroup=x~nodeGroup=a            | a
            other=x\\~nodeGroup=y~nodeGroup=a~       | a
            """)
    void theGroupIsReadAsAnyReaderOfSuchFilesWould(String text, String group) throws Exception {
        Path file = write(text.replace("\\\\", "\\").replace("~", "\n"));
        assertEquals(group, new Red5Properties(file).nodeGroup().orElseThrow().value());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``                                          | nodeGroup=new~
            # only this                                 | # only this~nodeGroup=new~
            # a~~nodeGroup=old~# b~http.port=5080~      | # a~~nodeGroup=new~# b~http.port=5080~
            `  nodeGroup : old~x=1`                     | `  nodeGroup : new~x=1`
            nodeGroup=old^~x=1^~                        | nodeGroup=new^~x=1^~
            modeGroup=old~x=1~                          | nodeGroup=new~x=1~
            nodeGroup=first~nodeGroup=old~              | nodeGroup=first~nodeGroup=new~
            nodeGroup=o\\~  ld~x=1~                     | nodeGroup=new~x=1~
            modeGroup=m~nodeGroup=old~                  | modeGroup=m~nodeGroup=new~
            """)
    void onlyTheGroupsLineIsRewritten(String before, String after) throws Exception {
        Path file = write(text(before));
        Red5Properties red5 = new Red5Properties(file);
        red5.setNodeGroup("new");
        assertEquals(text(after), Files.readString(file, StandardCharsets.ISO_8859_1));
        assertEquals("new", red5.nodeGroup().orElseThrow().value());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whateverIsInTheFileStaysThere(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            byte[] line = new byte[random.nextInt(20)];
            random.nextBytes(line);
            text.append(random.nextBoolean() ? "# " : "k" + i + "=")
                    .append(new String(line, StandardCharsets.ISO_8859_1).replaceAll("[\\\\\r\n]", "x"))
                    .append('\n');
        }
        Path file = write(text.toString());
        Red5Properties red5 = new Red5Properties(file);
        assertEquals(Optional.empty(), red5.nodeGroup());
        red5.setNodeGroup("one");
        red5.setNodeGroup("two");
        assertEquals(text + "nodeGroup=two\n", Files.readString(file, StandardCharsets.ISO_8859_1));
    }

    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(50).boxed();
    }

    @Test
    void aFileThatIsNotThereIsMadeWithItsFolder() throws Exception {
        Path file = folder.resolve("conf/red5.properties");
        Red5Properties red5 = new Red5Properties(file);
        assertEquals(Optional.empty(), red5.nodeGroup());
        red5.setNodeGroup("a");
        assertEquals("nodeGroup=a\n", Files.readString(file));
    }

    @Test
    void aLinkStaysALinkAndPermissionsStay() throws Exception {
        Path file = write("nodeGroup=a\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(folder.resolve("link.properties"), file);
        new Red5Properties(link).setNodeGroup("b");
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("nodeGroup=b\n", Files.readString(file));
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(2, left.count());
        }
    }

    private Path write(String text) throws Exception {
        return Files.writeString(folder.resolve("red5.properties"), text, StandardCharsets.ISO_8859_1);
    }

    private static String text(String shown) {
        return shown.replace("\\\\", "\\").replace("^", "\r").replace("~", "\n");
    }
}
