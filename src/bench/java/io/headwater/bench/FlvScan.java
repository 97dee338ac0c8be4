package io.headwater.bench;

import io.headwater.codec.MalformedException;
import io.headwater.demo.ChunkedBody;
import java.nio.ByteBuffer;
import java.util.Locale;

/** Finds the video tags in the bytes of one HTTP-FLV response, in whatever cuts they come, without keeping them. */
final class FlvScan {
    private static final int MOST_HEAD = 4096;
    private static final int FLV_HEADER = 13;
    private static final int NEED = StampedFrames.STAMP_AT + 24;

    private final FrameClock clock;
    private final ByteBuffer begin = ByteBuffer.allocate(NEED);
    private final byte[] head = new byte[11];
    private final StringBuilder answer = new StringBuilder(256);
    private final ChunkedBody chunks = new ChunkedBody();
    private boolean chunked;
    private int stage;
    private int have;
    private int left;

    FlvScan(FrameClock clock) {
        this.clock = clock;
    }

    /** For an FLV file that comes without an HTTP head. */
    static FlvScan bare(FrameClock clock) {
        FlvScan scan = new FlvScan(clock);
        scan.next(1, FLV_HEADER);
        return scan;
    }

    /** Takes all of {@code in}; false if these are not the bytes of an FLV response. */
    boolean take(ByteBuffer in, long nowNanos, boolean measured) throws MalformedException {
        if (stage == 0 && !head(in)) {
            return false;
        }
        if (!chunked) {
            body(in, nowNanos, measured);
            return true;
        }
        for (ByteBuffer part = chunks.next(in); part.hasRemaining(); part = chunks.next(in)) {
            body(part, nowNanos, measured);
        }
        return true;
    }

    /** The HTTP head, to its empty line. */
    private boolean head(ByteBuffer in) {
        while (in.hasRemaining()) {
            answer.append((char) (in.get() & 255));
            if (answer.length() > MOST_HEAD) {
                return false;
            }
            if (answer.charAt(answer.length() - 1) == '\n' && answer.indexOf("\r\n\r\n") >= 0) {
                String text = answer.toString().toLowerCase(Locale.ROOT);
                chunked = text.contains("\r\ntransfer-encoding: chunked\r\n");
                next(1, FLV_HEADER);
                return text.startsWith(" 20", 8);
            }
        }
        return true;
    }

    private void body(ByteBuffer in, long nowNanos, boolean measured) {
        while (in.hasRemaining()) {
            switch (stage) {
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
    }

    private void next(int stage, int left) {
        this.stage = stage;
        this.left = left;
        this.have = 0;
    }
}
