package io.headwater.demo;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * The classes of a node as the JVM maps them into memory, all nodes of a machine the same pages: what a node that did a
 * little of everything had loaded. Made for one Java and the very jars it was made with; the JVM uses it for no others.
 */
public final class ClassArchive {
    /** System property: where {@code bin/headwater} looks for it. */
    public static final String FILE = "headwater-demo.classes";

    /** System property: the checkout, or the unpacked archive. */
    public static final String ROOT = DemoOptions.ROOT;

    private ClassArchive() {}

    /**
     * Makes it, or waits for another process that does. Nodes find the old file or the new one, never half of one, and go
     * on with what they have mapped.
     *
     * @param root the checkout or the unpacked archive
     * @return whether this call made it
     * @throws IOException with a line of why it cannot be made
     */
    public static boolean make(Path root, Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (!Files.isWritable(folder)) {
            throw new IOException("cannot write to " + folder + ", expected somebody who may");
        }
        Path lock = Path.of(file + ".lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            FileLock first = channel.tryLock();
            if (first == null) {
                channel.lock().close();
                return false;
            }
            Path work = Files.createTempDirectory(folder, ".classes");
            try {
                Path made = Rehearsal.run(root, work);
                // a JVM does not survive a file that a loss of power cut short
                try (FileChannel written = FileChannel.open(made, StandardOpenOption.READ)) {
                    written.force(true);
                }
                Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                return true;
            } finally {
                delete(work);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
