package io.headwater.bench;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.SplittableRandom;

/**
 * A made-up live stream in FLV tag bodies whose video frames say when they were sent: every video payload starts with a
 * magic number, the frame's number and {@link System#nanoTime} (one clock for all processes of a Linux machine).
 *
 * <p>Sizes are those of a real encoder: a keyframe is about six times an ordinary frame, sizes vary by 20 %.
 */
public final class StampedFrames {
    /** What a stamped payload starts with, after the FLV video header and the NAL unit's length and type. */
    public static final long MAGIC = 0x4865616477617465L;
    /** Bytes of a video tag body before the magic number: 5 of FLV, 4 of length, 1 of NAL unit header. */
    public static final int STAMP_AT = 10;

    private static final byte[] AVC_CONFIG = HexFormat.of()
            .parseHex("0164001fffe1001a6764001facd9405005bb016a02020280000003008000001e478c18cb01000568ebecb22c");
    private static final byte[] AAC_CONFIG = HexFormat.of().parseHex("1210");

    private final int fps;
    private final int gop;
    private final int videoBytesPerFrame;
    private final SplittableRandom random;

    /**
     * @param bitsPerSecond of video and audio together; audio takes 128 kbit/s, or a quarter if that is less
     * @param gop frames between keyframes
     */
    public StampedFrames(int bitsPerSecond, int fps, int gop, long seed) {
        this.fps = fps;
        this.gop = gop;
        this.videoBytesPerFrame = (bitsPerSecond - audioBits(bitsPerSecond)) / 8 / fps;
        this.random = new SplittableRandom(seed);
    }

    static int audioBits(int bitsPerSecond) {
        return Math.min(128_000, bitsPerSecond / 4);
    }

    public int fps() {
        return fps;
    }

    public static byte[] avcConfigBody() {
        return concat(new byte[] {0x17, 0, 0, 0, 0}, AVC_CONFIG);
    }

    public static byte[] aacConfigBody() {
        return concat(new byte[] {(byte) 0xaf, 0}, AAC_CONFIG);
    }

    /** The body of video frame {@code number} without its stamp; see {@link #stamp}. */
    public byte[] videoBody(long number) {
        boolean key = number % gop == 0;
        int average = (int) (videoBytesPerFrame * (long) gop / (gop + 5));
        int size = (key ? 6 : 1) * average;
        size = Math.max(32, (int) (size * (0.8 + 0.4 * random.nextDouble())));
        byte[] body = new byte[STAMP_AT + size];
        random.nextBytes(body);
        ByteBuffer.wrap(body)
                .put((byte) (key ? 0x17 : 0x27))
                .put((byte) 1)
                .put(new byte[3])
                .putInt(size + 1)
                .put((byte) (key ? 0x65 : 0x41));
        return body;
    }

    /** Writes the stamp into a body: this is the moment the frame counts as sent. */
    public static void stamp(byte[] body, long number, long nanos) {
        ByteBuffer.wrap(body, STAMP_AT, 24).putLong(MAGIC).putLong(number).putLong(nanos);
    }

    public byte[] audioBody(int bitsPerSecond) {
        byte[] body = new byte[2 + Math.max(8, audioBits(bitsPerSecond) / 8 * 1024 / 44100)];
        random.nextBytes(body);
        body[0] = (byte) 0xaf;
        body[1] = 1;
        return body;
    }

    private static byte[] concat(byte[] head, byte[] tail) {
        byte[] all = java.util.Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, all, head.length, tail.length);
        return all;
    }
}
