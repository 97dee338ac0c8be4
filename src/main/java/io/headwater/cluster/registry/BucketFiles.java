package io.headwater.cluster.registry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder with one file per name. A file is replaced as a whole and forced to the disk, so that it is the old or the new
 * one after a crash; it carries a checksum, and one that is damaged is put aside and said so once.
 */
final class BucketFiles {
    private static final Logger LOG = LoggerFactory.getLogger(BucketFiles.class);
    private static final String NAME = "[A-Za-z0-9-]{1,64}";
    private static final String SUFFIX = ".bucket";
    private static final int MAGIC = 0x48574231;
    private static final int HEAD = 16;
    private static final long LONGEST = 64L << 20;

    /** What a file holds, and which serializer reads it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Content(String manifest, byte[] bytes) {}

    private final Path folder;

    BucketFiles(Path folder) {
        this.folder = folder;
    }

    void write(String name, Content content) throws IOException {
        if (!name.matches(NAME)) {
            throw new IOException("no name for a file: " + name);
        }
        byte[] manifest = content.manifest.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(HEAD + manifest.length + content.bytes.length);
        file.putInt(MAGIC).putInt(manifest.length).putLong(checksum(manifest, content.bytes));
        file.put(manifest).put(content.bytes).flip();
        Files.createDirectories(folder);
        Path next = folder.resolve("." + name + ".next");
        try (FileChannel channel = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            while (file.hasRemaining()) {
                channel.write(file);
            }
            channel.force(true);
        }
        Files.move(
                next,
                folder.resolve(name + SUFFIX),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        syncFolder();
    }

    /** All that can be read, by name. */
    Map<String, Content> readAll() throws IOException {
        Map<String, Content> all = new TreeMap<>();
        if (!Files.isDirectory(folder)) {
            return all;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path file : files) {
                String name = Objects.requireNonNull(file.getFileName()).toString();
                read(file).ifPresent(content -> all.put(name.substring(0, name.length() - SUFFIX.length()), content));
            }
        }
        return all;
    }

    private Optional<Content> read(Path file) throws IOException {
        ByteBuffer bytes =
                Files.size(file) > LONGEST ? ByteBuffer.allocate(0) : ByteBuffer.wrap(Files.readAllBytes(file));
        if (bytes.remaining() >= HEAD && bytes.getInt() == MAGIC) {
            int length = bytes.getInt();
            long checksum = bytes.getLong();
            if (length >= 0 && length <= bytes.remaining()) {
                byte[] manifest = new byte[length];
                bytes.get(manifest);
                byte[] rest = new byte[bytes.remaining()];
                bytes.get(rest);
                if (checksum == checksum(manifest, rest)) {
                    return Optional.of(new Content(new String(manifest, StandardCharsets.UTF_8), rest));
                }
            }
        }
        putAside(file, "it is damaged");
        return Optional.empty();
    }

    /** The other nodes have what was in it; if this is the only one, an operator may look at what is left. */
    void putAside(Path file, String why) {
        Path aside = file.resolveSibling(file.getFileName() + ".damaged");
        try {
            Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
            LOG.warn("{} is put aside as {}: {}; what is in it comes back from other nodes", file, aside, why);
        } catch (IOException failed) {
            LOG.warn("{} is not used: {}", file, why);
        }
    }

    void putAside(String name, String why) {
        putAside(folder.resolve(name + SUFFIX), why);
    }

    private static long checksum(byte[] manifest, byte[] rest) {
        CRC32 checksum = new CRC32();
        checksum.update(manifest);
        checksum.update(rest);
        return checksum.getValue();
    }

    /** Makes the new name last over a power failure, where the system lets one do that. */
    private void syncFolder() {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException notSupported) {
            // some systems cannot open a folder; the file itself is safe
        }
    }
}
