package io.headwater.gateway.outbound;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteTrustTest {
    private static final String SETTING = "headwater.remote.authority: ";

    private static void refused(Path file, String why) {
        IOException refused = assertThrows(IOException.class, () -> RemoteTrust.of(Optional.of(file)));
        assertTrue(String.valueOf(refused.getMessage()).startsWith(SETTING + file + why), refused::toString);
    }

    @Test
    void aFileThatCannotBeUsedIsNamedWithItsSetting(@TempDir Path folder) throws IOException {
        refused(folder.resolve("none.pem"), " does not exist");
        refused(folder, " cannot be used: ");
        Path empty = Files.createFile(folder.resolve("empty.pem"));
        refused(empty, " has no certificate");
        refused(empty.resolve("below-a-file.pem"), " cannot be read: ");
    }
}
