package io.headwater.gateway.hls;

import io.headwater.media.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** A playlist's text, written and compressed once for all who get it. */
final class Rendition {
    private final Supplier<String> text;
    private volatile @Nullable Bytes plain;
    private volatile @Nullable Bytes compressed;

    /** @param text asked for when somebody gets it, on any thread */
    Rendition(Supplier<String> text) {
        this.text = text;
    }

    Bytes plain() {
        Bytes made = plain;
        if (made == null) {
            made = Bytes.of(text.get().getBytes(StandardCharsets.UTF_8));
            plain = made;
        }
        return made;
    }

    Bytes compressed() {
        Bytes made = compressed;
        if (made == null) {
            made = compress();
            compressed = made;
        }
        return made;
    }

    private Bytes compress() {
        Bytes whole = plain();
        ByteArrayOutputStream out = new ByteArrayOutputStream(whole.length() / 2);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out, 4096)) {
            gzip.write(whole.array(), whole.offset(), whole.length());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return Bytes.of(out.toByteArray());
    }
}
