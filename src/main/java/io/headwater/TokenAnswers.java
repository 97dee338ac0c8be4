package io.headwater;

import io.headwater.access.Gate;
import io.headwater.access.OneTimeTokens;
import io.headwater.api.TokenControl;
import io.headwater.media.StreamKey;
import io.headwater.stream.Admission.Action;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Lets REST make and take back what the gate asks for. */
final class TokenAnswers implements TokenControl {
    private final Gate gate;

    TokenAnswers(Gate gate) {
        this.gate = gate;
    }

    @Override
    public CompletionStage<Optional<Token>> create(StreamKey key, boolean publish, long untilMs) {
        return gate.tokens().create(key, action(publish), untilMs).thenApply(made -> made.map(TokenAnswers::token));
    }

    @Override
    public Optional<Token> sign(StreamKey key, boolean publish, long untilMs) {
        return gate.sign(key, action(publish), untilMs).map(text -> new Token(text, key, publish, untilMs, false));
    }

    @Override
    public boolean isGood(StreamKey key, boolean publish, String token) {
        return gate.tokens().isGood(token, key, action(publish));
    }

    @Override
    public List<Token> list(StreamKey key) {
        return gate.tokens().list(key).stream().map(TokenAnswers::token).toList();
    }

    @Override
    public CompletionStage<Boolean> revoke(StreamKey key, String token) {
        return gate.revoke(key, token);
    }

    @Override
    public CompletionStage<Integer> revokeAll(StreamKey key) {
        return gate.tokens().revokeAll(key);
    }

    @Override
    public CompletionStage<Optional<String>> newStreamKey(StreamKey key) {
        return gate.streamKeys().create(key);
    }

    @Override
    public CompletionStage<Boolean> removeStreamKey(StreamKey key) {
        return gate.streamKeys().remove(key);
    }

    private static Token token(OneTimeTokens.Token token) {
        return new Token(token.id(), token.key(), token.action() == Action.PUBLISH, token.untilMs(), token.used());
    }

    private static Action action(boolean publish) {
        return publish ? Action.PUBLISH : Action.PLAY;
    }
}
