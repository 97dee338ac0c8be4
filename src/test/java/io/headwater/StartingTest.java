package io.headwater;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class StartingTest {
    @Test
    void aPartThatDoesNotListenInTimeIsToldByItsKey() {
        StartException late = assertThrows(
                StartException.class,
                () -> Starting.part("cluster.port", new CompletableFuture<Integer>(), Duration.ofMillis(1)));
        assertTrue(late.getMessage().startsWith("headwater.cluster.port does not listen after"), late.getMessage());
        assertTrue(late.isPlain());
    }

    @Test
    void aPortThatIsTakenIsToldAsTheServerSaysIt() {
        StartException taken = assertThrows(
                StartException.class,
                () -> Starting.part(
                        "rtmp.port",
                        CompletableFuture.failedFuture(new CompletionException(new IOException("rtmp.port is taken"))),
                        Duration.ofSeconds(1)));
        assertEquals("rtmp.port is taken", taken.getMessage());
    }
}
