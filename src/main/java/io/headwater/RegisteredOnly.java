package io.headwater;

import io.headwater.cluster.registry.Registry;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Admission;
import io.headwater.stream.HubSettings;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Refuses publishers whose broadcast was not created before, in applications that want that; asked after another. */
final class RegisteredOnly implements Admission {
    private final Admission first;
    private final HubSettings settings;
    private final Registry registry;
    private final Counters counters;

    RegisteredOnly(Admission first, HubSettings settings, Registry registry, Counters counters) {
        this.first = first;
        this.settings = settings;
        this.registry = registry;
        this.counters = counters;
    }

    @Override
    public CompletionStage<Decision> ask(Request request) {
        CompletionStage<Decision> decided = first.ask(request);
        return request.action() == Action.PUBLISH ? decided.thenCompose(this::registered) : decided;
    }

    @Override
    public boolean isOpen(Action action, String app) {
        return action == Action.PLAY && first.isOpen(action, app);
    }

    private CompletionStage<Decision> registered(Decision decision) {
        if (!(decision instanceof Decision.Allowed allowed)
                || !settings.app(allowed.key().app()).onlyRegistered()) {
            return CompletableFuture.completedFuture(decision);
        }
        return registry.find(allowed.key()).thenApply(found -> {
            if (found.isPresent()) {
                return decision;
            }
            allowed.pass().close();
            counters.increment(Metric.UNREGISTERED_REFUSED);
            return new Decision.Refused(allowed.key() + " is no broadcast that was created (accept-only-registered)");
        });
    }
}
