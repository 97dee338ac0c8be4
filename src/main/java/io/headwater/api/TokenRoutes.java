package io.headwater.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.codec.MalformedException;
import io.headwater.media.StreamKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/** Tokens and stream keys. A secret is told once, by the call that makes it. */
final class TokenRoutes {
    private static final String BASE = "/{app}/rest/v2/broadcasts";
    private static final long LONGEST_SECONDS = 400L * 24 * 3600;
    private static final int LONGEST_TOKEN = 8192;

    private final TokenControl tokens;
    private final LongSupplier clock;

    TokenRoutes(TokenControl tokens, LongSupplier clock) {
        this.tokens = tokens;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                Route.guardedGet(BASE + "/{id}/token", this::create)
                        .asking("type", "expireDate")
                        .saying("Makes a token for one session"),
                Route.guardedGet(BASE + "/{id}/jwt-token", this::sign)
                        .asking("type", "expireDate")
                        .saying("Makes a signed token (JWT)"),
                Route.guardedGet(BASE + "/{id}/tokens/list/{offset}/{size}", this::list)
                        .saying("The tokens for one session that are good; their ids alone"),
                Route.delete(BASE + "/{id}/tokens", this::revokeAll).saying("Takes all tokens of a stream back"),
                Route.post(BASE + "/{id}/tokens/revoke", this::revoke).saying("Takes one token back"),
                Route.post(BASE + "/validate-token", this::validate)
                        .saying("Says whether a token is good, and uses it up"),
                Route.post(BASE + "/{id}/stream-key", this::newStreamKey)
                        .answering("")
                        .saying("Makes a stream key, told once; the one before it is over"),
                Route.delete(BASE + "/{id}/stream-key", this::removeStreamKey)
                        .saying("Takes the stream key back; the stream has none any more"));
    }

    private CompletionStage<Answer> create(Call call) throws MalformedException {
        return tokens.create(key(call), publish(call.query().getOrDefault("type", "")), untilMs(call))
                .thenApply(made -> made.map(token -> Answer.ok(json(token)))
                        .orElseGet(() -> Answer.refused(503, "there are too many tokens already")));
    }

    private CompletionStage<Answer> sign(Call call) throws MalformedException {
        return answered(tokens.sign(key(call), publish(call.query().getOrDefault("type", "")), untilMs(call))
                .map(token -> Answer.ok(json(token)))
                .orElseGet(() -> Answer.refused(
                        400, "the application has no secret to sign with (headwater.apps.NAME.jwt-secret)")));
    }

    private CompletionStage<Answer> list(Call call) throws MalformedException {
        Call.Page page = call.page();
        return answered(Answer.ok(page.of(tokens.list(key(call)).stream().map(TokenRoutes::json))));
    }

    private CompletionStage<Answer> revokeAll(Call call) throws MalformedException {
        return tokens.revokeAll(key(call)).thenApply(many -> Answer.success(many + " tokens were taken back"));
    }

    private CompletionStage<Answer> revoke(Call call) throws MalformedException {
        String token = Json.neededText(call.json(), "tokenId", LONGEST_TOKEN);
        return tokens.revoke(key(call), token)
                .thenApply(known -> known
                        ? Answer.success("the token was taken back")
                        : Answer.refused(404, "there is no such token, or it has expired"));
    }

    private CompletionStage<Answer> validate(Call call) throws MalformedException {
        JsonNode body = call.json();
        StreamKey key = key(call.text("app"), Json.neededText(body, "streamId", LONGEST_TOKEN));
        boolean publish = publish(Json.text(body, "type", LONGEST_TOKEN).orElse("play"));
        boolean good = tokens.isGood(key, publish, Json.neededText(body, "tokenId", LONGEST_TOKEN));
        return answered(Answer.ok(Answer.result(good, good ? "" : "the token is not valid", good ? 0 : -1)));
    }

    private CompletionStage<Answer> newStreamKey(Call call) throws MalformedException {
        StreamKey key = key(call);
        return tokens.newStreamKey(key)
                .thenApply(made -> made.map(
                                secret -> Answer.ok(Map.of("streamId", key.streamId(), "streamKey", (Object) secret)))
                        .orElseGet(() -> Answer.refused(503, "there are too many stream keys already")));
    }

    private CompletionStage<Answer> removeStreamKey(Call call) throws MalformedException {
        return tokens.removeStreamKey(key(call))
                .thenApply(there -> there
                        ? Answer.success("the stream key was taken back")
                        : Answer.refused(404, "the stream has no key"));
    }

    private static StreamKey key(Call call) throws MalformedException {
        return key(call.text("app"), call.text("id"));
    }

    private static StreamKey key(String app, String streamId) throws MalformedException {
        return StreamKey.of(app, streamId)
                .orElseThrow(() ->
                        new MalformedException(StreamKey.problem(app, streamId).orElse("no such stream")));
    }

    private static boolean publish(String type) throws MalformedException {
        if (type.equals("publish") || type.equals("play")) {
            return type.equals("publish");
        }
        throw new MalformedException("type is " + (type.isEmpty() ? "missing" : "'" + Call.printable(type) + "'")
                + ", expected play or publish");
    }

    /** {@code expireDate} is in seconds of the epoch. */
    private long untilMs(Call call) throws MalformedException {
        String text = call.query().getOrDefault("expireDate", "");
        long now = clock.getAsLong() / 1000;
        long seconds = text.matches("[0-9]{1,12}") ? Long.parseLong(text) : 0;
        if (seconds <= now || seconds > now + LONGEST_SECONDS) {
            throw new MalformedException(
                    "expireDate is " + (text.isEmpty() ? "missing" : "'" + Call.printable(text) + "'")
                            + ", expected seconds of the epoch that are in the future, at most 400 days");
        }
        return seconds * 1000;
    }

    private static Map<String, Object> json(TokenControl.Token token) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("tokenId", token.id());
        json.put("streamId", token.key().streamId());
        json.put("expireDate", token.untilMs() / 1000);
        json.put("type", token.publish() ? "publish" : "play");
        json.put("roomId", null);
        json.put("used", token.used());
        return json;
    }

    private static CompletionStage<Answer> answered(Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
