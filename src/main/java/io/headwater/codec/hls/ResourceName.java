package io.headwater.codec.hls;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The path of a file of a stream, below the stream's own folder: its only spelling, so that caches keep one copy. */
public sealed interface ResourceName {
    /** {@code {epoch}/init-{n}.mp4}. */
    record InitFile(long epoch, int init) implements ResourceName {
        @Override
        public String toString() {
            return epoch + "/init-" + init + ".mp4";
        }
    }

    /** {@code {epoch}/{segment}.m4s}. */
    record SegmentFile(long epoch, long segment) implements ResourceName {
        @Override
        public String toString() {
            return epoch + "/" + segment + ".m4s";
        }
    }

    /**
     * {@code {epoch}/{segment}-{parts}.m4s}: the first parts of a segment that was cut short. Of a gap it is the first none:
     * a file without a byte, for players that do not know what a gap is and ask for it all the same.
     */
    record ShortSegmentFile(long epoch, long segment, int parts) implements ResourceName {
        @Override
        public String toString() {
            return epoch + "/" + segment + "-" + parts + ".m4s";
        }
    }

    /** {@code {epoch}/{segment}.{part}.m4s}. */
    record PartFile(long epoch, long segment, int part) implements ResourceName {
        @Override
        public String toString() {
            return epoch + "/" + segment + "." + part + ".m4s";
        }
    }

    /**
     * {@code {epoch}/{segment}.ts}, or {@code {epoch}/{segment}-{parts}.ts}: a segment as a transport stream.
     *
     * @param parts how many of its parts it has if it was cut short, 0 for a gap, else {@link #WHOLE}
     */
    record TsFile(long epoch, long segment, int parts) implements ResourceName {
        public static final int WHOLE = -1;

        @Override
        public String toString() {
            return epoch + "/" + segment + (parts == WHOLE ? "" : "-" + parts) + ".ts";
        }
    }

    /** Whether it is the file of a gap: there is nothing in it, on whatever node it is asked for. */
    default boolean isGap() {
        return (this instanceof ShortSegmentFile file && file.parts() == 0)
                || (this instanceof TsFile stream && stream.parts() == 0);
    }

    /** What the file is in. */
    default Container container() {
        return this instanceof TsFile ? Container.MPEG_TS : Container.FMP4;
    }

    /** Reads a path that one of these would write; anything else is nothing, leading zeros included. */
    static Optional<ResourceName> parse(String path) {
        Matcher file = Syntax.FILE.matcher(path);
        if (!file.matches()) {
            return Optional.empty();
        }
        try {
            long epoch = Long.parseLong(file.group("epoch"));
            if (file.group("init") != null) {
                return Optional.of(new InitFile(epoch, Integer.parseInt(file.group("init"))));
            }
            long segment = Long.parseLong(file.group("segment"));
            if (path.endsWith(".ts")) {
                return tsFile(epoch, segment, file);
            }
            if (file.group("parts") != null) {
                return Optional.of(new ShortSegmentFile(epoch, segment, Integer.parseInt(file.group("parts"))));
            }
            return Optional.of(
                    file.group("part") == null
                            ? new SegmentFile(epoch, segment)
                            : new PartFile(epoch, segment, Integer.parseInt(file.group("part"))));
        } catch (NumberFormatException tooLarge) {
            return Optional.empty();
        }
    }

    private static Optional<ResourceName> tsFile(long epoch, long segment, Matcher file) {
        int parts = file.group("parts") == null ? TsFile.WHOLE : Integer.parseInt(file.group("parts"));
        return file.group("part") == null ? Optional.of(new TsFile(epoch, segment, parts)) : Optional.empty();
    }

    /** What {@link #parse} accepts. */
    final class Syntax {
        private static final String NUMBER = "0|[1-9][0-9]{0,18}";
        private static final Pattern FILE =
                Pattern.compile("(?<epoch>" + NUMBER + ")/(?:init-(?<init>" + NUMBER + ")\\.mp4|(?<segment>" + NUMBER
                        + ")(?:\\.(?<part>" + NUMBER + ")|-(?<parts>" + NUMBER + "))?\\.(?:m4s|ts))");

        private Syntax() {}
    }
}
