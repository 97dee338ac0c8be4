package io.headwater.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.MalformedException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkedBodyTest {
    @Test
    void theContentIsTheSameInAllCuts() throws MalformedException {
        String body = "5\r\nhello\r\n1;why=not\r\n \r\n00A\r\n0123456789\r\n0\r\nX: y\r\n\r\n";
        for (int first = 0; first <= body.length(); first++) {
            for (int second = first; second <= body.length(); second++) {
                ChunkedBody chunks = new ChunkedBody();
                String read = read(chunks, body.substring(0, first))
                        + read(chunks, body.substring(first, second))
                        + read(chunks, body.substring(second));
                assertEquals("hello 0123456789", read);
                assertTrue(chunks.isComplete());
            }
        }
    }

    @Test
    void aBodyIsCompleteOnlyAfterItsLastLine() throws MalformedException {
        String body = "1\r\na\r\n0\r\n\r\n";
        for (int cut = 0; cut <= body.length(); cut++) {
            ChunkedBody chunks = new ChunkedBody();
            read(chunks, body.substring(0, cut));
            assertEquals(cut == body.length(), chunks.isComplete());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "g\r\n", "-1\r\n", "fffffffff\r\n", "1\r\nab\r\n", "FLV\u0001\r\n"})
    void whatIsNoChunkIsRefused(String body) {
        assertThrows(MalformedException.class, () -> read(new ChunkedBody(), body));
    }

    private static String read(ChunkedBody chunks, String cut) throws MalformedException {
        ByteBuffer in = ByteBuffer.wrap(cut.getBytes(US_ASCII));
        StringBuilder content = new StringBuilder();
        for (ByteBuffer part = chunks.next(in); part.hasRemaining(); part = chunks.next(in)) {
            content.append(US_ASCII.decode(part));
        }
        return content.toString();
    }
}
