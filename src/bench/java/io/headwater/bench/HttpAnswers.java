package io.headwater.bench;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Locale;

/** Takes the answers of one kept-alive HTTP connection apart, in whatever cuts they come. */
final class HttpAnswers {
    private static final int MOST_HEAD = 8192;
    private static final String LENGTH = "\r\ncontent-length:";

    /** Hears of every answer once it is whole. */
    interface Output {
        /**
         * Hears of one answer.
         *
         * @param body empty if it was not to be kept
         */
        void answer(int status, boolean gzip, byte[] body, long nowNanos);
    }

    private final boolean keep;
    private final Output out;
    private final StringBuilder head = new StringBuilder(512);
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int left = -1;
    private int status;
    private boolean gzip;

    /** @param keep whether bodies are wanted; those that are not are only counted */
    HttpAnswers(boolean keep, Output out) {
        this.keep = keep;
        this.out = out;
    }

    /** Takes all of {@code in}; false if these are no answers that can be read. */
    boolean take(ByteBuffer in, long nowNanos) {
        while (in.hasRemaining()) {
            if (left < 0 && !head(in)) {
                return head.length() < MOST_HEAD && !in.hasRemaining();
            }
            int take = Math.min(left, in.remaining());
            if (keep) {
                byte[] bytes = new byte[take];
                in.get(bytes);
                body.writeBytes(bytes);
            } else {
                in.position(in.position() + take);
            }
            left -= take;
            if (left == 0) {
                left = -1;
                byte[] whole = body.toByteArray();
                body.reset();
                out.answer(status, gzip, whole, nowNanos);
            }
        }
        return true;
    }

    private boolean head(ByteBuffer in) {
        while (in.hasRemaining() && head.length() < MOST_HEAD) {
            char next = (char) (in.get() & 255);
            head.append(next);
            int end = head.length();
            if (next == '\n' && end > 3 && head.charAt(end - 3) == '\n') {
                String text = head.toString().toLowerCase(Locale.ROOT);
                head.setLength(0);
                int at = text.indexOf(LENGTH);
                if (at < 0 || !text.startsWith("http/1.1 ")) {
                    head.setLength(MOST_HEAD);
                    return false;
                }
                status = Integer.parseInt(text.substring(9, 12));
                gzip = text.contains("\r\ncontent-encoding: gzip\r\n");
                left = Integer.parseInt(text.substring(at + LENGTH.length(), text.indexOf('\r', at + 2))
                        .trim());
                return true;
            }
        }
        return false;
    }
}
