package io.headwater.demo;

import io.headwater.codec.MalformedException;
import java.nio.ByteBuffer;

/** Takes the chunks off an HTTP/1.1 response body (RFC 9112, 7.1) in whatever cuts they come; copies nothing. */
public final class ChunkedBody {
    private static final int MAX_SIZE_LINE = 64;

    private enum Part {
        SIZE,
        CONTENT,
        AFTER_CONTENT,
        TRAILER,
        END
    }

    private Part part = Part.SIZE;
    private long left;
    private int line;
    private boolean sizeRead;

    /** The next content bytes of {@code in} as a view of it, empty once all of it was taken. */
    public ByteBuffer next(ByteBuffer in) throws MalformedException {
        while (in.hasRemaining() && part != Part.END) {
            if (part == Part.CONTENT) {
                ByteBuffer content = in.slice(in.position(), (int) Math.min(left, in.remaining()));
                in.position(in.position() + content.remaining());
                left -= content.remaining();
                part = left == 0 ? Part.AFTER_CONTENT : part;
                return content;
            }
            line(in.get());
        }
        return in.slice(in.limit(), 0);
    }

    /** Whether the last chunk came: the body is complete. */
    public boolean isComplete() {
        return part == Part.END;
    }

    private void line(byte next) throws MalformedException {
        if (next != '\n') {
            if (part == Part.SIZE) {
                sizeDigit(next);
            }
            if (next != '\r' && ++line > MAX_SIZE_LINE) {
                throw new MalformedException("a chunk's size line is longer than " + MAX_SIZE_LINE + " bytes");
            }
            return;
        }
        if (part == Part.SIZE && line == 0) {
            throw new MalformedException("a chunk has no size");
        }
        if (part == Part.AFTER_CONTENT && line > 0) {
            throw new MalformedException("a chunk is longer than its size says");
        }
        part = switch (part) {
            case SIZE -> left > 0 ? Part.CONTENT : Part.TRAILER;
            case TRAILER -> line == 0 ? Part.END : Part.TRAILER;
            default -> Part.SIZE;
        };
        if (part == Part.SIZE) {
            left = 0;
            sizeRead = false;
        }
        line = 0;
    }

    private void sizeDigit(byte next) throws MalformedException {
        sizeRead |= next == ';' || next == '\r' || next == ' '; // what follows is an extension
        if (sizeRead) {
            return;
        }
        int digit = Character.digit(next, 16);
        if (digit < 0 || left > Integer.MAX_VALUE) {
            throw new MalformedException("not the size of a chunk: " + (char) next);
        }
        left = left << 4 | digit;
    }
}
