package io.headwater.multijvm.chaos;

import io.headwater.codec.flv.FlvTag;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Finds the tags in the bytes of one HTTP-FLV response, in whatever cuts they come, and keeps only their beginnings. */
final class FlvScan {
    private static final int FLV_HEADER = 13;
    private static final int TAG_HEADER = 11;
    private static final int TAG_TRAILER = 4;
    private static final byte[] END_OF_HEAD = {'\r', '\n', '\r', '\n'};

    private enum Part {
        HTTP,
        SKIP,
        TAG,
        BODY
    }

    private final FrameCheck check;
    private final ByteBuffer begin = ByteBuffer.allocate(FrameCheck.HEAD);
    private final byte[] head = new byte[16];
    private Part part = Part.HTTP;
    private int have;
    private int left;
    private int matched;

    FlvScan(FrameCheck check) {
        this.check = check;
    }

    /** Takes all of {@code in}; what the server answered if that is no stream, else empty. */
    String take(ByteBuffer in, long nowNanos) {
        while (in.hasRemaining()) {
            switch (part) {
                case HTTP -> {
                    if (http(in.get()) && !status().startsWith("20")) {
                        return "HTTP " + status();
                    }
                }
                case SKIP -> skip(in);
                case TAG -> header(in);
                case BODY -> body(in, nowNanos);
            }
        }
        return "";
    }

    private boolean http(byte b) {
        matched = b == END_OF_HEAD[matched] ? matched + 1 : b == '\r' ? 1 : 0;
        if (have < head.length) {
            head[have++] = b;
        }
        if (matched < END_OF_HEAD.length) {
            return false;
        }
        skipping(FLV_HEADER);
        return true;
    }

    private String status() {
        return new String(head, 9, 3, StandardCharsets.US_ASCII);
    }

    private void skip(ByteBuffer in) {
        int skip = Math.min(left, in.remaining());
        in.position(in.position() + skip);
        left -= skip;
        if (left == 0) {
            part = Part.TAG;
            have = 0;
        }
    }

    private void header(ByteBuffer in) {
        int take = Math.min(TAG_HEADER - have, in.remaining());
        in.get(head, have, take);
        have += take;
        if (have == TAG_HEADER) {
            int length = number(1);
            boolean media = head[0] == FlvTag.VIDEO || head[0] == FlvTag.AUDIO;
            begin.clear().limit(media ? Math.min(FrameCheck.HEAD, length) : 0);
            left = length + TAG_TRAILER;
            part = begin.hasRemaining() ? Part.BODY : Part.SKIP;
        }
    }

    private void body(ByteBuffer in, long nowNanos) {
        int take = Math.min(begin.remaining(), in.remaining());
        begin.put(in.slice(in.position(), take));
        in.position(in.position() + take);
        left -= take;
        if (!begin.hasRemaining()) {
            long timestampMs = (head[7] & 255L) << 24 | number(4);
            check.tag(head[0], timestampMs, begin.flip(), nowNanos);
            skipping(left);
        }
    }

    private void skipping(int bytes) {
        left = bytes;
        part = Part.SKIP;
    }

    private int number(int at) {
        return ((head[at] & 255) << 16) | ((head[at + 1] & 255) << 8) | (head[at + 2] & 255);
    }
}
