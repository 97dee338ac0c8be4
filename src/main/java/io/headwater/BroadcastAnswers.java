package io.headwater;

import io.headwater.api.BroadcastStore;
import io.headwater.api.CallRefused;
import io.headwater.api.Registered;
import io.headwater.cluster.ControlPlane;
import io.headwater.cluster.registry.Registry;
import io.headwater.media.StreamKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** The created broadcasts as REST sees them: texts of the cluster's registry. */
final class BroadcastAnswers implements BroadcastStore {
    private static final String HOOK = "listenerHookURL";

    private final ControlPlane control;
    private final Registry registry;
    private final boolean ownHooks;

    /** @param ownHooks whether a broadcast may have an address of its own for its events */
    BroadcastAnswers(ControlPlane control, boolean ownHooks) {
        this.control = control;
        this.ownHooks = ownHooks;
        this.registry = control.registry();
    }

    @Override
    public CompletionStage<Optional<Registered>> find(StreamKey key) {
        return registry.find(key).thenApply(text -> read(key, text));
    }

    @Override
    public CompletionStage<List<Registered>> all() {
        return registry.all().thenApply(BroadcastAnswers::read);
    }

    /** As they were known last, without asking. */
    List<Registered> last() {
        return read(registry.last());
    }

    Optional<Registered> last(StreamKey key) {
        return read(key, registry.last(key));
    }

    @Override
    public CompletionStage<Optional<Registered>> change(StreamKey key, Edit edit) {
        return ready(() -> registry.change(key, asTexts(key, edit)).thenApply(change -> read(key, change.after())));
    }

    @Override
    public CompletionStage<Integer> putAll(Map<StreamKey, Registered> broadcasts, boolean overwrite) {
        Map<StreamKey, Registry.Edit> edits = new LinkedHashMap<>();
        broadcasts.forEach((key, one) ->
                edits.put(key, before -> before.isPresent() && !overwrite ? before : Optional.of(one.text())));
        return ready(() -> registry.changeAll(edits));
    }

    private <T> CompletionStage<T> ready(java.util.function.Supplier<CompletionStage<T>> change) {
        if (!control.isUp()) {
            return CompletableFuture.failedFuture(new CallRefused(
                    503,
                    "this node is no member of its cluster at the moment, and cannot change broadcasts; try again"));
        }
        return change.get().exceptionallyCompose(failed -> {
            Throwable cause =
                    failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
            return CompletableFuture.failedFuture(cause instanceof Registry.Refusal refusal ? refused(refusal) : cause);
        });
    }

    private static CallRefused refused(Registry.Refusal refusal) {
        if (refusal.getCause() instanceof CallRefused own) {
            return own;
        }
        int status = switch (refusal.kind()) {
            case CALLER -> 400;
            case FULL -> 409;
            case UNAVAILABLE -> 503;
        };
        return new CallRefused(status, String.valueOf(refusal.getMessage()));
    }

    private Registry.Edit asTexts(StreamKey key, Edit edit) {
        return before -> {
            try {
                Optional<Registered> known = read(key, before);
                Optional<Registered> after = edit.edit(known);
                String hook = after.flatMap(one -> one.saidText(HOOK)).orElse("");
                if (!ownHooks
                        && !hook.isEmpty()
                        && !known.flatMap(one -> one.saidText(HOOK)).equals(Optional.of(hook))) {
                    throw new CallRefused(
                            400, HOOK + " is not taken by this server: headwater.webhooks.of-broadcasts is off");
                }
                return after.map(Registered::text);
            } catch (CallRefused refused) {
                throw new Registry.Refusal(Registry.Refusal.Kind.CALLER, String.valueOf(refused.getMessage()), refused);
            }
        };
    }

    private static Optional<Registered> read(StreamKey key, Optional<String> text) {
        return text.flatMap(one -> Registered.read(key, one));
    }

    private static List<Registered> read(Map<StreamKey, String> texts) {
        return texts.entrySet().stream()
                .flatMap(one -> Registered.read(one.getKey(), one.getValue()).stream())
                .toList();
    }
}
