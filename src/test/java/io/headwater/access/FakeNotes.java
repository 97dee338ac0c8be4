package io.headwater.access;

import io.headwater.stream.SharedNotes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Notes of a cluster of one node. */
final class FakeNotes implements SharedNotes {
    final Map<String, String> notes = new TreeMap<>();
    private final List<Consumer<String>> watchers = new ArrayList<>();

    @Override
    public Optional<String> get(String name) {
        return Optional.ofNullable(notes.get(name));
    }

    @Override
    public Map<String, String> startingWith(String prefix) {
        Map<String, String> found = new TreeMap<>(notes);
        found.keySet().removeIf(name -> !name.startsWith(prefix));
        return found;
    }

    @Override
    public CompletionStage<Boolean> put(String name, String text, long untilMs) {
        notes.put(name, text);
        watchers.forEach(watcher -> watcher.accept(name));
        return CompletableFuture.completedFuture(true);
    }

    @Override
    public void watch(Consumer<String> changed) {
        watchers.add(changed);
    }
}
