package io.headwater.api;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void aBodyInAnEncodingThatIsNoneIsMalformedAndNoFaultOfOurs() {
        byte[] likeUtf32 = HexFormat.of().parseHex("0000008064506f696e744c697374223a5b7b22656e64706f696e7455");
        MalformedException refused = assertThrows(MalformedException.class, () -> Json.readObject(likeUtf32));
        assertTrue(String.valueOf(refused.getMessage()).contains("UTF-8"), refused::getMessage);
        byte[] cut = "{\"name\":\"\u00e4".getBytes(StandardCharsets.ISO_8859_1);
        assertThrows(MalformedException.class, () -> Json.readObject(cut));
    }
}
