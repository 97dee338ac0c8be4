package io.headwater.codec.rtmp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamNameTest {
    @ParameterizedTest
    @CsvSource({
        "live, stream1, live, stream1",
        "live/, stream1, live, stream1",
        "/live, /stream1/, live, stream1",
        "live/stream1, '', live, stream1",
        "live/stream1/, '', live, stream1",
        "'', live/stream1, live, stream1",
        "live//stream1, '', live, stream1",
        "live/_definst_, stream1, live, stream1",
        "live, stream1?token=a/b, live, stream1",
        "live?token=a, stream1, live, stream1",
        "live, '', live, ''",
        "'', '', '', ''",
        "live, a/b, live, a/b",
        "live, ../x, live, ../x",
    })
    void theBorderMayBeAnywhere(String app, String name, String expectedApp, String expectedStream) {
        StreamName read = StreamName.of(app, name, "");
        assertEquals(expectedApp, read.app());
        assertEquals(expectedStream, read.streamId());
    }

    @Test
    void parametersOfAllPartsAreKept() {
        StreamName read = StreamName.of("live?b=2", "s?token=a%20b%2&role=backup&flag", "rtmp://h/live?token=x&c=3");
        assertEquals(Map.of("token", "a b%2", "role", "backup", "flag", "", "b", "2", "c", "3"), read.parameters());
    }

    @Test
    void parametersEndAtALimit() {
        StringBuilder query = new StringBuilder("s?");
        for (int i = 0; i < 1_000; i++) {
            query.append('p').append(i).append("=1&");
        }
        assertEquals(
                32, StreamName.of("live", query.toString(), "").parameters().size());
    }

    @Test
    void urlsAreReadAndWritten() {
        assertEquals(
                Optional.of(new RtmpUrl("h", 1935, "live", "s1?token=x")), RtmpUrl.parse("rtmp://h/live/s1?token=x"));
        assertEquals(
                "rtmp://[::1]:19350/live/s1",
                RtmpUrl.parse("rtmp://[::1]:19350/live/s1").orElseThrow().toString());
        for (String other :
                new String[] {"", "rtmp://h/live", "http://h/live/s", "rtmp://h:0/live/s", "rtmp://h:99999/a/b"}) {
            assertEquals(Optional.empty(), RtmpUrl.parse(other), other);
        }
    }
}
