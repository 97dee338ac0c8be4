package io.headwater.gateway.rtmp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.headwater.codec.rtmp.RtmpClientSession.Refused;
import io.headwater.codec.rtmp.Status;
import io.headwater.net.Counters;
import io.headwater.net.EventLoops;
import io.headwater.stream.Admission;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RtmpRedirectTest {
    private static final Admission ELSEWHERE = request -> CompletableFuture.completedFuture(
            new Admission.Decision.Elsewhere(new Admission.Place("10.0.0.9", 1936, 0, 0), "has enough"));

    private final EventLoops loops = EventLoops.start(1);
    private final FakeStreams streams = new FakeStreams();

    @AfterEach
    void stop() {
        loops.close();
    }

    @Test
    void aPlayerIsToldWhereItsStreamIsWithWhatItBroughtAndTheConnectionEnds() throws Exception {
        RtmpServer server = RtmpServer.start(
                        RtmpSettings.defaults().listeningOn("127.0.0.1", 0), loops, ELSEWHERE, streams, new Counters())
                .toCompletableFuture()
                .join();
        try (TestClient player = TestClient.player(server.port(), "live/stream1?token=a%20b")) {
            player.awaitClose();
            assertEquals(
                    new Refused(
                            Status.error(Status.CONNECT_REJECTED, "has enough"),
                            Optional.of("rtmp://10.0.0.9:1936/live/stream1?token=a%20b&redirected=1")),
                    player.events.get(0));
        }
    }
}
