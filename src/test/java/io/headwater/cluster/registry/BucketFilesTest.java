package io.headwater.cluster.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BucketFilesTest {
    @TempDir
    Path folder;

    @Test
    void whatWasWrittenLastIsRead() throws Exception {
        BucketFiles files = new BucketFiles(folder.resolve("made/at/need"));
        assertTrue(files.readAll().isEmpty());
        files.write("a-1", content("one"));
        files.write("a-1", content("two"));
        files.write("b", content(""));
        Map<String, BucketFiles.Content> all = files.readAll();
        assertEquals(Set.of("a-1", "b"), all.keySet());
        assertEquals("manifest", all.get("a-1").manifest());
        assertArrayEquals(
                "two".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                all.get("a-1").bytes());
    }

    @Test
    void oneDamagedFileIsPutAsideAndTheOthersAreRead() throws Exception {
        BucketFiles files = new BucketFiles(folder);
        files.write("good", content("good"));
        for (String name : new String[] {"flipped", "cut", "empty", "foreign"}) {
            files.write(name, content("some text"));
        }
        byte[] bytes = Files.readAllBytes(folder.resolve("flipped.bucket"));
        bytes[bytes.length - 1] ^= 1;
        Files.write(folder.resolve("flipped.bucket"), bytes);
        Files.write(folder.resolve("cut.bucket"), java.util.Arrays.copyOf(bytes, 12));
        Files.write(folder.resolve("empty.bucket"), new byte[0]);
        Files.writeString(folder.resolve("foreign.bucket"), "a text that is no bucket at all");
        Files.writeString(folder.resolve(".good.next"), "what a crash left");
        assertEquals(Set.of("good"), files.readAll().keySet());
        assertTrue(Files.exists(folder.resolve("flipped.bucket.damaged")));
        assertEquals(Set.of("good"), files.readAll().keySet());
    }

    private static BucketFiles.Content content(String text) {
        return new BucketFiles.Content("manifest", text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
