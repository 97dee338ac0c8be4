package io.headwater.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * {@code conf/red5.properties}, of which this server reads and writes one key, {@code nodeGroup}. Everything else in the
 * file is somebody's and is kept to the byte: comments, order, unknown keys, line ends.
 *
 * <p>The misprint {@code modeGroup} of older documents is read in its place if {@code nodeGroup} is not there.
 */
public final class Red5Properties {
    /** The key that names the node group. */
    public static final String NODE_GROUP = "nodeGroup";

    private static final String MISPRINT = "modeGroup";

    private final Path file;

    public Red5Properties(Path file) {
        this.file = file;
    }

    /**
     * What the file says.
     *
     * @param line counted from 1
     */
    public record Setting(String key, String value, int line) {
        /** Whether it was spelt {@code modeGroup}. */
        public boolean misprinted() {
            return key.equals(MISPRINT);
        }
    }

    public Path file() {
        return file;
    }

    /** The node group in the file, not checked; nothing if the file is not there or does not name one. */
    public Optional<Setting> nodeGroup() throws IOException {
        return Files.exists(file) ? find(lines()).map(found -> found.setting) : Optional.empty();
    }

    /** Writes the group into the file, so that a crash leaves either the old file or the new one. */
    public void setNodeGroup(String group) throws IOException {
        List<String> lines = Files.exists(file) ? lines() : new ArrayList<>();
        Optional<Found> found = find(lines);
        String end = lines.stream().anyMatch(line -> line.endsWith("\r\n")) ? "\r\n" : "\n";
        if (found.isPresent()) {
            int first = found.get().setting.line - 1;
            String old = lines.get(first);
            String indent = old.substring(0, old.length() - old.stripLeading().length());
            lines.subList(first, first + found.get().lineCount).clear();
            lines.add(first, indent + NODE_GROUP + found.get().separator + group + end);
        } else {
            int last = lines.size() - 1;
            if (last >= 0 && !lines.get(last).endsWith("\n")) {
                lines.set(last, lines.get(last) + end);
            }
            lines.add(NODE_GROUP + "=" + group + end);
        }
        AtomicFile.write(file, String.join("", lines).getBytes(StandardCharsets.ISO_8859_1));
    }

    private record Found(Setting setting, int lineCount, String separator) {}

    /** The last line of the key counts, as for any reader of such files. */
    private Optional<Found> find(List<String> lines) {
        Optional<Found> proper = Optional.empty();
        Optional<Found> misprinted = Optional.empty();
        for (int at = 0; at < lines.size(); ) {
            int count = 1;
            StringBuilder logical = new StringBuilder(lines.get(at));
            while (!isComment(lines.get(at)) && continues(lines.get(at + count - 1)) && at + count < lines.size()) {
                logical.append(lines.get(at + count));
                count++;
            }
            Optional<Found> found = parse(logical.toString(), at, count);
            if (found.isPresent() && found.get().setting.misprinted()) {
                misprinted = found;
            } else if (found.isPresent()) {
                proper = found;
            }
            at += count;
        }
        return proper.isPresent() ? proper : misprinted;
    }

    private static Optional<Found> parse(String logical, int at, int count) {
        for (String key : List.of(NODE_GROUP, MISPRINT)) {
            String text = logical.stripLeading();
            if (!text.startsWith(key)) {
                continue;
            }
            Properties properties = new Properties();
            try {
                properties.load(new StringReader(text));
            } catch (IOException | IllegalArgumentException malformed) {
                continue;
            }
            String value = properties.getProperty(key);
            if (value != null) {
                String rest = text.substring(key.length());
                int separatorEnd = 0;
                boolean equals = false;
                while (separatorEnd < rest.length()) {
                    char next = rest.charAt(separatorEnd);
                    boolean isSeparator = next == '=' || next == ':';
                    if (next != ' ' && next != '\t' && (!isSeparator || equals)) {
                        break;
                    }
                    equals |= isSeparator;
                    separatorEnd++;
                }
                String separator = equals ? rest.substring(0, separatorEnd) : "=";
                return Optional.of(new Found(new Setting(key, value.strip(), at + 1), count, separator));
            }
        }
        return Optional.empty();
    }

    private static boolean isComment(String line) {
        String text = line.stripLeading();
        return text.startsWith("#") || text.startsWith("!");
    }

    private static boolean continues(String line) {
        String text = line.replaceAll("[\r\n]+$", "");
        int slashes = 0;
        while (slashes < text.length() && text.charAt(text.length() - 1 - slashes) == '\\') {
            slashes++;
        }
        return slashes % 2 == 1;
    }

    /** With their line ends; one byte a character, so that what is not ours comes out as it went in. */
    private List<String> lines() throws IOException {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        List<String> lines = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            int next = end < 0 ? text.length() : end + 1;
            lines.add(text.substring(start, next));
            start = next;
        }
        return lines;
    }
}
