package io.headwater.config;

import io.headwater.topology.NodeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The folder where one node keeps what it must remember: its {@code node-id}, and {@code conf/red5.properties} if that is
 * not kept elsewhere. Locked while the node lives, so that no two nodes are the same one.
 */
public final class Home implements AutoCloseable {
    private static final String NODE_ID = "node-id";
    private static final String LOCK = "node.lock";

    private final Path folder;
    private final FileChannel channel;
    private final FileLock lock;

    private Home(Path folder, FileChannel channel, FileLock lock) {
        this.folder = folder;
        this.channel = channel;
        this.lock = lock;
    }

    /** @throws ConfigException if the folder cannot be used, or another node uses it */
    public static Home open(Path folder) {
        FileChannel channel = null;
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(
                    folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                String owner = read(channel);
                channel.close();
                throw new ConfigException("home " + folder + " is in use by another node (process " + owner
                        + "), expected a folder of this node's own: give it one with --home DIR");
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)),
                    0);
            return new Home(folder, channel, lock);
        } catch (IOException refused) {
            closeQuietly(channel);
            throw new ConfigException("home " + folder + " cannot be used (" + reason(refused)
                    + "), expected a folder this node can write to");
        }
    }

    public Path folder() {
        return folder;
    }

    /** The id this node had before, or a new one that is kept from now on. */
    NodeId nodeId() {
        Path file = folder.resolve(NODE_ID);
        try {
            if (Files.exists(file)) {
                String kept =
                        Files.readString(file, StandardCharsets.ISO_8859_1).strip();
                if (!NodeId.isValid(kept)) {
                    throw new ConfigException(file + " holds '" + kept.replaceAll("[^\\x20-\\x7e]", "?")
                            + "', expected 1 to 64 letters, digits, '-' or '_' (remove the file to get a new id)");
                }
                return new NodeId(kept);
            }
            NodeId made = newNodeId();
            AtomicFile.write(file, (made.name() + "\n").getBytes(StandardCharsets.US_ASCII));
            return made;
        } catch (IOException refused) {
            throw new ConfigException(file + " cannot be read or written (" + reason(refused) + ")");
        }
    }

    /** The host's name, for people, and a random part, since hosts are cloned and names repeat. */
    private static NodeId newNodeId() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unnamed) {
            host = "node";
        }
        String word = host.split("\\.", 2)[0].replaceAll("[^A-Za-z0-9_-]", "-");
        byte[] random = new byte[3];
        new SecureRandom().nextBytes(random);
        String name = word.isEmpty() ? "node" : word.substring(0, Math.min(word.length(), 40));
        return new NodeId(name + "-" + HexFormat.of().formatHex(random));
    }

    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException gone) {
            // the lock ends with the process at the latest
        }
    }

    private static @org.jspecify.annotations.Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException sameProcess) {
            return null;
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(20);
        channel.read(bytes, 0);
        String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
        return text.isEmpty() ? "unknown" : text;
    }

    private static void closeQuietly(@org.jspecify.annotations.Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException gone) {
            // nothing was written
        }
    }

    static String reason(IOException refused) {
        String kind = refused.getClass().getSimpleName().replace("Exception", "");
        return refused.getMessage() == null ? kind : kind + ": " + refused.getMessage();
    }
}
