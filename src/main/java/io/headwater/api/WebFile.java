package io.headwater.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.pekko.util.ByteString;

/**
 * One file of the pages, as it is sent.
 *
 * @param zipped the same by gzip, where that is worth it
 * @param tag changes whenever the bytes do
 * @param type what its name says it is
 */
record WebFile(ByteString bytes, Optional<ByteString> zipped, String tag, String type) {
    private static final int WORTH_ZIPPING = 1024;
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=UTF-8",
            "css", "text/css; charset=UTF-8",
            "js", "text/javascript; charset=UTF-8",
            "mjs", "text/javascript; charset=UTF-8",
            "svg", "image/svg+xml",
            "png", "image/png",
            "json", "application/json",
            "txt", "text/plain; charset=UTF-8");

    /** The type of a file of that name; a name without one is not a file of the pages. */
    static Optional<String> typeOf(String name) {
        return Optional.ofNullable(TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
    }

    static WebFile of(byte[] bytes, String type) {
        boolean text = !type.equals("image/png");
        Optional<ByteString> zipped =
                text && bytes.length >= WORTH_ZIPPING ? Optional.of(zipped(bytes)) : Optional.empty();
        return new WebFile(ByteString.fromArrayUnsafe(bytes), zipped, tag(bytes), type);
    }

    boolean isPage() {
        return type.startsWith("text/html");
    }

    private static String tag(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest, 0, 12);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private static ByteString zipped(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 3);
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory failed", impossible);
        }
        return ByteString.fromArrayUnsafe(out.toByteArray());
    }
}
