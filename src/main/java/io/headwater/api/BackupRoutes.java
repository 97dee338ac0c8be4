package io.headwater.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.codec.MalformedException;
import io.headwater.media.StreamKey;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** All created broadcasts as one file, and back. What is in it is secret: passwords and stream keys of other servers. */
final class BackupRoutes {
    private static final int VERSION = 1;
    private static final long LARGEST = 64L << 20;

    private final BroadcastStore store;

    BackupRoutes(BroadcastStore store) {
        this.store = store;
    }

    List<Route> routes() {
        return List.of(
                Route.guardedGet("/rest/v2/backup", this::backup)
                        .saying("All created broadcasts with their secrets; for who may change something"),
                Route.post("/rest/v2/restore", this::restore)
                        .upTo(LARGEST)
                        .asking("onDuplicate")
                        .saying("Puts the broadcasts of a backup; onDuplicate is overwrite (default) or skip"));
    }

    private CompletionStage<Answer> backup(Call call) {
        return store.all().thenApply(all -> {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("version", VERSION);
            json.put("madeAt", Instant.now().toString());
            json.put("broadcasts", all.stream().map(Registered::backup).toList());
            return Answer.ok(json);
        });
    }

    private CompletionStage<Answer> restore(Call call) throws MalformedException {
        JsonNode body = call.json();
        JsonNode version = body.path("version");
        if (!version.isIntegralNumber()
                || version.asLong() != VERSION
                || !body.path("broadcasts").isArray()) {
            throw new MalformedException("the body is no backup, expected version " + VERSION + " and broadcasts");
        }
        String duplicates = call.choice("onDuplicate", "overwrite", "skip");
        Map<StreamKey, Registered> broadcasts = new LinkedHashMap<>();
        for (JsonNode one : body.path("broadcasts")) {
            Registered read = Registered.ofBackup(one);
            broadcasts.put(read.key(), read);
        }
        return store.putAll(broadcasts, duplicates.equals("overwrite"))
                .thenApply(put -> Answer.success(put + " of " + broadcasts.size() + " broadcasts were put"));
    }
}
