package io.headwater.codec.opus;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The identification header (RFC 7845, 5.1).
 *
 * @param channels 1 to 255
 * @param preSkip samples at 48 kHz that a decoder throws away at the start
 * @param inputRate hertz of what was encoded, for information only
 */
public record OpusHead(int channels, int preSkip, long inputRate) {
    /** The rate every Opus decoder puts out. */
    public static final int SAMPLE_RATE = 48_000;

    private static final Bytes MAGIC = Bytes.of("OpusHead".getBytes(StandardCharsets.US_ASCII));
    private static final int SHORTEST = 19;

    public static OpusHead read(Bytes header) throws MalformedException {
        if (header.length() < SHORTEST || !header.slice(0, MAGIC.length()).equals(MAGIC)) {
            throw new MalformedException(
                    "OpusHead is " + header + ", expected at least 19 bytes that begin with its name");
        }
        ByteBuffer fields = header.buffer().order(ByteOrder.LITTLE_ENDIAN);
        int version = fields.get(8);
        if ((version & 0xf0) != 0) {
            throw new MalformedException("OpusHead has version " + version + ", expected 0 to 15");
        }
        int channels = fields.get(9) & 0xff;
        if (channels == 0) {
            throw new MalformedException("OpusHead says 0 channels, expected 1 to 255");
        }
        return new OpusHead(channels, fields.getShort(10) & 0xffff, fields.getInt(12) & 0xffff_ffffL);
    }
}
