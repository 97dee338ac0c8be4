package io.headwater.codec.hls;

import io.headwater.media.Bytes;
import io.headwater.media.Extension;
import io.headwater.media.Frame;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The numbers of an epoch's first segment. It travels with the frames that carry a {@link Mark}, as soon as the main origin
 * knows it, so every node gives a segment the same numbers: these, plus what the mark counts within the epoch.
 *
 * @param mediaSequence of segment 0
 * @param discontinuity of discontinuity 0
 */
public record NumberBase(long mediaSequence, long discontinuity) {
    /** The type of its extension (docs/relay-protocol.md, 6). */
    public static final int EXTENSION = 2;

    private static final int LENGTH = 16;

    public Extension extension() {
        return new Extension(
                EXTENSION,
                Bytes.of(ByteBuffer.allocate(LENGTH)
                        .putLong(mediaSequence)
                        .putLong(discontinuity)
                        .array()));
    }

    /** What a frame carries; nothing if it carries none, or one that cannot be. Longer values are of later versions. */
    public static Optional<NumberBase> of(Frame frame) {
        for (Extension extension : frame.extensions()) {
            if (extension.type() == EXTENSION && extension.value().length() >= LENGTH) {
                ByteBuffer value = extension.value().buffer();
                NumberBase base = new NumberBase(value.getLong(), value.getLong());
                return Optional.of(base)
                        .filter(read -> new NextNumbers(1, read.mediaSequence, read.discontinuity).plausible());
            }
        }
        return Optional.empty();
    }
}
