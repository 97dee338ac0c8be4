package io.headwater.media;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names one live stream: {@code app/streamId}, for example {@code live/stream1}.
 *
 * <p>The application is 1 to 64 of letters, digits, {@code -} and {@code _}; the stream id is 1 to 128 of those and
 * {@code .}, and does not start with a dot. Both are case-sensitive.
 */
public record StreamKey(String app, String streamId) {
    private static final Pattern APP = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern STREAM_ID = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}");

    /** @throws IllegalArgumentException if a part is malformed; the message names the part, its value and the rule */
    public StreamKey {
        problem(app, streamId).ifPresent(text -> {
            throw new IllegalArgumentException(text);
        });
    }

    /** The key of two names from a peer, or nothing if they are not a well-formed key (see {@link #problem}). */
    public static Optional<StreamKey> of(String app, String streamId) {
        return problem(app, streamId).isPresent() ? Optional.empty() : Optional.of(new StreamKey(app, streamId));
    }

    /** Reads {@code app/streamId}, the form {@link #toString} writes. */
    public static Optional<StreamKey> parse(String text) {
        int slash = text.indexOf('/');
        return slash < 0 ? Optional.empty() : of(text.substring(0, slash), text.substring(slash + 1));
    }

    /** What is wrong with two names from a peer, in words for that peer, or nothing if they are fine. */
    public static Optional<String> problem(String app, String streamId) {
        if (!APP.matcher(app).matches()) {
            return Optional.of("application is '" + shown(app) + "', expected 1 to 64 letters, digits, '-' or '_'");
        }
        if (!STREAM_ID.matcher(streamId).matches()) {
            return Optional.of("stream id is '" + shown(streamId)
                    + "', expected 1 to 128 letters, digits, '-', '_' or '.', not starting with '.'");
        }
        return Optional.empty();
    }

    private static String shown(String text) {
        String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
        return printable.length() <= 40 ? printable : printable.substring(0, 40) + "...";
    }

    @Override
    public String toString() {
        return app + "/" + streamId;
    }
}
