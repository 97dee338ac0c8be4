package io.headwater.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Finds the video tags in the bytes of one HTTP-FLV response, in whatever cuts they come, without keeping them. */
final class FlvScan {
    private static final int NEED = StampedFrames.STAMP_AT + 24;

    private final FrameClock clock;
    private final ByteBuffer begin = ByteBuffer.allocate(NEED);
    private final byte[] head = new byte[11];
    private int stage;
    private int have;
    private int left;
    private int matched;

    FlvScan(FrameClock clock) {
        this.clock = clock;
    }

    /** Takes all of {@code in}; false if these are not the bytes of an FLV response. */
    boolean take(ByteBuffer in, long nowNanos, boolean measured) {
        while (in.hasRemaining()) {
            switch (stage) {
                case 0 -> { // the HTTP head, to its empty line
                    byte[] end = {'\r', '\n', '\r', '\n'};
                    byte b = in.get();
                    matched = b == end[matched] ? matched + 1 : b == '\r' ? 1 : 0;
                    if (have < 11) {
                        head[have++] = b;
                    }
                    if (matched == 4) {
                        if (!new String(head, 8, 3, StandardCharsets.US_ASCII).startsWith(" 20")) {
                            return false;
                        }
                        next(1, 13);
                    }
                }
                case 1, 4 -> { // the FLV header; the rest of a tag
                    int skip = Math.min(left, in.remaining());
                    in.position(in.position() + skip);
                    left -= skip;
                    if (left == 0) {
                        next(2, 0);
                    }
                }
                case 2 -> { // a tag's header
                    int take = Math.min(11 - have, in.remaining());
                    in.get(head, have, take);
                    have += take;
                    if (have == 11) {
                        int length = ((head[1] & 255) << 16) | ((head[2] & 255) << 8) | (head[3] & 255);
                        begin.clear().limit(head[0] == 9 ? Math.min(NEED, length) : 0);
                        next(begin.hasRemaining() ? 3 : 4, length + 4);
                    }
                }
                default -> { // the beginning of a video body
                    int take = Math.min(begin.remaining(), in.remaining());
                    begin.put(in.slice(in.position(), take));
                    in.position(in.position() + take);
                    left -= take;
                    if (!begin.hasRemaining()) {
                        begin.flip();
                        clock.video(begin, nowNanos, measured);
                        next(4, left);
                    }
                }
            }
        }
        return true;
    }

    private void next(int stage, int left) {
        this.stage = stage;
        this.left = left;
        this.have = 0;
    }
}
