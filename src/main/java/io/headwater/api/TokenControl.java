package io.headwater.api;

import io.headwater.media.StreamKey;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What REST does to the tokens and keys that let people publish and play. */
public interface TokenControl {
    /**
     * @param id with its secret only when it has just been made
     * @param publish whether it is for publishing; else for playing
     */
    record Token(String id, StreamKey key, boolean publish, long untilMs, boolean used) {}

    /** Makes a token for one session; nothing if there are too many. */
    CompletionStage<Optional<Token>> create(StreamKey key, boolean publish, long untilMs);

    /** Makes a signed token; nothing if the application has no secret to sign with. */
    Optional<Token> sign(StreamKey key, boolean publish, long untilMs);

    /** Whether a token for one session would be taken. */
    boolean isGood(StreamKey key, boolean publish, String token);

    List<Token> list(StreamKey key);

    /** Takes back a token of either kind and ends its sessions; false if it is not known. */
    CompletionStage<Boolean> revoke(StreamKey key, String token);

    /** Takes back all tokens for one session of a stream; says how many. */
    CompletionStage<Integer> revokeAll(StreamKey key);

    /** Gives a stream a new key for its publisher, in the place of the old one; nothing if there are too many. */
    CompletionStage<Optional<String>> newStreamKey(StreamKey key);

    /** Takes a stream's key back; false if it has none. */
    CompletionStage<Boolean> removeStreamKey(StreamKey key);
}
