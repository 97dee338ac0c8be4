package io.headwater.gateway.hls;

import io.headwater.media.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** A playlist's text, written and compressed once for all who get it. */
final class Rendition {
    private final Bytes plain;
    private volatile @Nullable Bytes compressed;

    Rendition(String text) {
        plain = Bytes.of(text.getBytes(StandardCharsets.UTF_8));
    }

    Bytes plain() {
        return plain;
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
        ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length() / 2);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out, 4096)) {
            gzip.write(plain.array(), plain.offset(), plain.length());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return Bytes.of(out.toByteArray());
    }
}
