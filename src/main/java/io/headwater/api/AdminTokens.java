package io.headwater.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens of administrators, kept as hashes. A file of them is looked at again after half a second, so that a token can
 * be added or taken back without a restart. Safe for threads.
 */
final class AdminTokens {
    private static final Logger LOG = LoggerFactory.getLogger(AdminTokens.class);
    private static final String HASH = "sha256:";
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LONGEST_FILE = 256 << 10;

    private final List<byte[]> configured;
    private final Optional<Path> file;
    private final LongSupplier nanoClock;
    private List<byte[]> ofFile = List.of();
    private @Nullable FileTime modified;
    private boolean told;
    private long lookedAt;

    AdminTokens(Protection protection) {
        this(protection, System::nanoTime);
    }

    AdminTokens(Protection protection, LongSupplier nanoClock) {
        this.configured = protection.adminTokens().stream()
                .filter(Protection::isToken)
                .map(AdminTokens::hashOf)
                .toList();
        this.file = protection.adminTokensFile();
        this.nanoClock = nanoClock;
        this.lookedAt = nanoClock.getAsLong() - LOOK_AGAIN_NANOS;
    }

    /** Whether there is any token to know. */
    boolean any() {
        return file.isPresent() || !configured.isEmpty();
    }

    /** Takes the same time for every wrong token. */
    boolean knows(String token) {
        byte[] hash = sha256(token);
        boolean known = false;
        for (byte[] one : all()) {
            known |= MessageDigest.isEqual(one, hash);
        }
        return known;
    }

    private synchronized List<byte[]> all() {
        long now = nanoClock.getAsLong();
        if (file.isPresent() && now - lookedAt >= LOOK_AGAIN_NANOS) {
            lookedAt = now;
            look(file.get());
        }
        List<byte[]> all = new ArrayList<>(configured);
        all.addAll(ofFile);
        return all;
    }

    /** A file that cannot be read lets nobody in. */
    private void look(Path path) {
        try {
            FileTime now = Files.getLastModifiedTime(path);
            if (now.equals(modified)) {
                return;
            }
            if (Files.size(path) > LONGEST_FILE) {
                throw new IOException("longer than " + LONGEST_FILE + " bytes");
            }
            List<byte[]> read = new ArrayList<>();
            int number = 0;
            for (String line : Files.readAllLines(path)) {
                number++;
                String text = line.strip();
                if (Protection.isToken(text)) {
                    read.add(hashOf(text));
                } else if (!text.isEmpty() && !text.startsWith("#")) {
                    LOG.warn("{}:{} is no token and is left out, expected 16 to 256 characters", path, number);
                }
            }
            ofFile = read;
            modified = now;
            told = false;
            LOG.info("{} administrator tokens in {}", read.size(), path);
        } catch (IOException unreadable) {
            if (!told) {
                LOG.warn("{} (headwater.http.admin-tokens-file) cannot be read: {}", path, unreadable.toString());
            }
            told = true;
            ofFile = List.of();
            modified = null;
        }
    }

    static boolean isHash(String text) {
        return text.matches(HASH + "[0-9a-fA-F]{64}");
    }

    private static byte[] hashOf(String text) {
        return isHash(text)
                ? HexFormat.of().parseHex(text.substring(HASH.length()).toLowerCase(Locale.ROOT))
                : sha256(text);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
