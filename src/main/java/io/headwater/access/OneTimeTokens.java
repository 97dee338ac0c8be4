package io.headwater.access;

import io.headwater.media.StreamKey;
import io.headwater.stream.Admission.Action;
import io.headwater.stream.SharedNotes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * Tokens that are good for one session on any node: {@code ID.SECRET}. All nodes know their hashes. Of two nodes that take
 * the same token in the same moment, one ends its session again when they hear of each other.
 *
 * <p>HLS has no session that a token could be good for, so there it stays good for the address that used it first.
 */
public final class OneTimeTokens {
    private static final String OPEN = "open";
    private static final String REVOKED = "revoked";
    private static final String PREFIX = "token/";
    private static final int ID_BYTES = 9;
    private static final int SECRET_BYTES = 18;

    private final SharedNotes notes;
    private final LongSupplier clock;

    OneTimeTokens(SharedNotes notes, LongSupplier clock) {
        this.notes = notes;
        this.clock = clock;
    }

    /**
     * What is told of a token.
     *
     * @param id without the secret, unless it has just been made
     */
    public record Token(String id, StreamKey key, Action action, long untilMs, boolean used) {}

    /** A note's text. */
    private record Note(Action action, String hash, long untilMs, String state) {
        static Optional<Note> of(String text) {
            String[] parts = text.split(" ", 4);
            return parts.length == 4
                    ? Optional.of(new Note(Action.valueOf(parts[0]), parts[1], Long.parseLong(parts[2]), parts[3]))
                    : Optional.empty();
        }

        Note in(String newState) {
            return new Note(action, hash, untilMs, newState);
        }

        @Override
        public String toString() {
            return action + " " + hash + " " + untilMs + " " + state;
        }
    }

    /** Makes one; nothing if there are too many already. This is the only time its secret is told. */
    public CompletionStage<Optional<Token>> create(StreamKey key, Action action, long untilMs) {
        String id = Secrets.random(ID_BYTES);
        String secret = Secrets.random(SECRET_BYTES);
        Note note = new Note(action, Secrets.sha256(secret), untilMs, OPEN);
        return notes.put(name(key, id), note.toString(), untilMs)
                .thenApply(taken -> taken
                        ? Optional.of(new Token(id + "." + secret, key, action, untilMs, false))
                        : Optional.empty());
    }

    /** The tokens of a stream that count or were used, without their secrets. */
    public List<Token> list(StreamKey key) {
        String prefix = PREFIX + key + "/";
        List<Token> tokens = new ArrayList<>();
        for (Map.Entry<String, String> entry : notes.startingWith(prefix).entrySet()) {
            Note.of(entry.getValue())
                    .filter(note -> !note.state.equals(REVOKED))
                    .ifPresent(note -> {
                        String id = entry.getKey().substring(prefix.length());
                        tokens.add(new Token(id, key, note.action, note.untilMs, !note.state.equals(OPEN)));
                    });
        }
        return tokens;
    }

    /** Whether the token would be taken, without using it up. */
    public boolean isGood(String token, StreamKey key, Action action) {
        return found(token, key)
                .filter(note -> note.action == action && note.state.equals(OPEN) && clock.getAsLong() < note.untilMs)
                .isPresent();
    }

    /** Takes a token back, with or without its secret; the session that uses it ends. False if there is none. */
    public CompletionStage<Boolean> revoke(StreamKey key, String token) {
        String name = name(key, idOf(token));
        Optional<Note> note = notes.get(name).flatMap(Note::of);
        return note.isEmpty()
                ? CompletableFuture.completedFuture(false)
                : notes.put(name, note.get().in(REVOKED).toString(), note.get().untilMs);
    }

    /** Takes all tokens of a stream back. */
    public CompletionStage<Integer> revokeAll(StreamKey key) {
        List<CompletableFuture<Boolean>> all = list(key).stream()
                .map(token -> revoke(key, token.id()).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new)).thenApply(done -> all.size());
    }

    /** Uses a token up. */
    synchronized Verdict use(String token, StreamKey key, Action action, boolean lasting, String host) {
        Optional<Note> note = found(token, key);
        if (note.isEmpty() || note.get().action != action) {
            return new Verdict.Bad("Invalid Token for streamId:" + key.streamId());
        }
        Note known = note.get();
        String name = name(key, idOf(token));
        if (clock.getAsLong() >= known.untilMs) {
            return new Verdict.Bad("Invalid Token for streamId:" + key.streamId() + ", it has expired");
        }
        String user = lasting ? "session " + Secrets.random(6) : "address " + host;
        if (!known.state.equals(OPEN) && (lasting || !known.state.equals(user))) {
            return new Verdict.Bad("Invalid Token for streamId:" + key.streamId() + ", it was "
                    + (known.state.equals(REVOKED) ? "taken back" : "used already"));
        }
        String used = known.in(user).toString();
        if (known.state.equals(OPEN)) {
            notes.put(name, used, known.untilMs);
        }
        return new Verdict.Good(key, known.untilMs, Map.of(name, Optional.of(used)));
    }

    private Optional<Note> found(String token, StreamKey key) {
        int dot = token.indexOf('.');
        if (dot < 0) {
            return Optional.empty();
        }
        String hash = Secrets.sha256(token.substring(dot + 1));
        return notes.get(name(key, token.substring(0, dot)))
                .flatMap(Note::of)
                .filter(note -> Secrets.same(note.hash, hash));
    }

    private static String idOf(String token) {
        int dot = token.indexOf('.');
        return dot < 0 ? token : token.substring(0, dot);
    }

    private static String name(StreamKey key, String id) {
        return PREFIX + key + "/" + id;
    }
}
