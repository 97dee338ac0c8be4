package io.headwater.api;

import io.headwater.codec.MalformedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What a list of broadcasts shows, in which order: {@code type_by, search, sort_by, order_by} of the query. */
record BroadcastList(Optional<String> type, String search, Comparator<Shown> order) {
    private static final int LONGEST_SEARCH = 128;

    /** Those of the original too of which there are none here. */
    private static final List<String> TYPES = List.of("", "liveStream", "streamSource", "ipCamera", "VoD", "playlist");

    static BroadcastList of(Map<String, String> query) throws MalformedException {
        Comparator<Shown> order = switch (query.getOrDefault("sort_by", "")) {
            case "", "streamId" -> Comparator.comparing(Shown::id);
            case "name" -> Comparator.comparing(Shown::name, String.CASE_INSENSITIVE_ORDER);
            case "date" -> Comparator.comparingLong(Shown::date);
            case "status" -> Comparator.comparing(Shown::status);
            default -> throw unexpected(query, "sort_by", "name, date or status");
        };
        order = order.thenComparing(Shown::id);
        order = switch (query.getOrDefault("order_by", "")) {
            case "", "asc" -> order;
            case "desc" -> order.reversed();
            default -> throw unexpected(query, "order_by", "asc or desc");
        };
        if (!TYPES.contains(query.getOrDefault("type_by", ""))) {
            throw unexpected(query, "type_by", "liveStream or streamSource");
        }
        String search = query.getOrDefault("search", "");
        if (search.length() > LONGEST_SEARCH) {
            throw unexpected(query, "search", "at most " + LONGEST_SEARCH + " characters");
        }
        return new BroadcastList(
                Optional.ofNullable(query.get("type_by")).filter(type -> !type.isEmpty()), search, order);
    }

    static BroadcastList searching(String text) throws MalformedException {
        return of(Map.of("search", text));
    }

    private static MalformedException unexpected(Map<String, String> query, String name, String expected) {
        return new MalformedException(
                name + " is '" + Call.printable(query.getOrDefault(name, "")) + "', expected " + expected);
    }

    List<Shown> of(List<Shown> all) {
        return matching(all).sorted(order).toList();
    }

    private Stream<Shown> matching(List<Shown> all) {
        String wanted = search.toLowerCase(Locale.ROOT);
        return all.stream()
                .filter(one -> type.isEmpty() || type.get().equals(one.type()))
                .filter(one -> one.id().toLowerCase(Locale.ROOT).contains(wanted)
                        || one.name().toLowerCase(Locale.ROOT).contains(wanted));
    }

    /** One broadcast: created, live or both. */
    record Shown(Optional<Registered> registered, Optional<ClusterQueries.LiveStream> live) {
        static List<Shown> all(List<Registered> registered, List<ClusterQueries.LiveStream> live) {
            Map<String, ClusterQueries.LiveStream> byId = new java.util.HashMap<>();
            live.forEach(stream -> byId.put(stream.key().streamId(), stream));
            List<Shown> all = new ArrayList<>();
            for (Registered one : registered) {
                all.add(new Shown(
                        Optional.of(one),
                        Optional.ofNullable(byId.remove(one.key().streamId()))));
            }
            byId.values().forEach(stream -> all.add(new Shown(Optional.empty(), Optional.of(stream))));
            return all;
        }

        String id() {
            return registered
                    .map(Registered::key)
                    .or(() -> live.map(ClusterQueries.LiveStream::key))
                    .orElseThrow()
                    .streamId();
        }

        String name() {
            return registered.flatMap(one -> one.saidText("name")).orElse(id());
        }

        String type() {
            return registered.flatMap(one -> one.saidText("type")).orElse("liveStream");
        }

        long date() {
            return registered
                    .map(Registered::createdAtMs)
                    .or(() -> live.map(ClusterQueries.LiveStream::startedAtMs))
                    .orElse(0L);
        }

        String status() {
            return live.map(stream -> stream.live() ? "broadcasting" : "terminated_unexpectedly")
                    .or(() -> registered.map(Registered::status))
                    .orElse("created");
        }

        boolean isLive() {
            return live.isPresent() && live.get().live();
        }
    }
}
