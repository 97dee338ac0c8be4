package io.headwater.stream;

import io.headwater.net.Metric;
import io.headwater.topology.NodeId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/**
 * The subscribers of one hub, counted for it and for the node, and the groups they are woken in. Belongs to the hub's lock,
 * except {@link #wake}.
 */
final class Audience {
    /** Nodes named in a request to a peer; longer chains do not occur, and a peer limits what it reads. */
    private static final int MOST_VIA = 64;

    private static final Group[] NO_GROUPS = {};

    private final HubContext context;
    private final Set<Cursor> cursors = new HashSet<>();
    private final Map<String, Integer> viewersByProtocol = new TreeMap<>();
    private volatile Group[] groups = NO_GROUPS;
    private int viewers;
    private int relays;

    Audience(HubContext context) {
        this.context = context;
    }

    /** Wakes every group: there is something new. Costs nothing per subscriber. From any thread. */
    void wake() {
        for (Group group : groups) {
            group.wake();
        }
    }

    /** The group of an executor; {@link #add} must follow. */
    Group groupOf(Executor executor, boolean relay, long mergeMs, Timers timers) {
        for (Group group : groups) {
            if (group.executor == executor && group.relay == relay) {
                return group;
            }
        }
        return new Group(executor, relay, mergeMs, timers);
    }

    void add(Cursor cursor) {
        if (cursor.group.size++ == 0) {
            List<Group> more = new ArrayList<>(List.of(groups));
            more.add(cursor.group);
            groups = more.toArray(NO_GROUPS);
        }
        cursors.add(cursor);
        if (cursor.isRelay()) {
            relays++;
            context.relays().incrementAndGet();
            context.counters().increment(Metric.RELAY_JOINED);
        } else {
            count(cursor, cursor.viewers);
        }
    }

    private void count(Cursor cursor, int more) {
        if (more == 0) {
            return;
        }
        viewers += more;
        viewersByProtocol.merge(
                cursor.request.peer().protocol(), more, (count, some) -> count + some == 0 ? null : count + some);
        context.viewers().addAndGet(more);
        context.counters().add(more < 0 ? Metric.VIEWER_LEFT : Metric.VIEWER_JOINED, Math.abs(more));
    }

    /** A packager stands for so many viewers now, unless it was removed. */
    void viewers(Cursor cursor, int now) {
        if (cursors.contains(cursor)) {
            count(cursor, now - cursor.viewers);
            cursor.viewers = now;
        }
    }

    /** Whether anybody wants more of the stream than from the newest keyframe on. */
    boolean wantsOldest() {
        return cursors.stream()
                .anyMatch(cursor -> cursor.request.packager()
                        || cursor.request
                                .relay()
                                .filter(SubscribeRequest.Relay::oldest)
                                .isPresent());
    }

    /** False if it was removed before. */
    boolean remove(Cursor cursor) {
        if (!cursors.remove(cursor)) {
            return false;
        }
        if (--cursor.group.size == 0) {
            List<Group> fewer = new ArrayList<>(List.of(groups));
            fewer.remove(cursor.group);
            groups = fewer.toArray(NO_GROUPS);
        }
        if (cursor.isRelay()) {
            relays--;
            context.relays().decrementAndGet();
            context.counters().increment(Metric.RELAY_LEFT);
        } else {
            count(cursor, -cursor.viewers);
        }
        return true;
    }

    List<Cursor> matching(Predicate<Cursor> which) {
        return cursors.stream().filter(which).toList();
    }

    /** The node itself and those that pull through it, for a request to a peer. */
    List<NodeId> via(NodeId self) {
        Set<NodeId> nodes = new LinkedHashSet<>();
        nodes.add(self);
        for (Cursor cursor : cursors) {
            cursor.request.relay().ifPresent(relay -> {
                nodes.add(relay.node());
                nodes.addAll(relay.via());
            });
        }
        return nodes.stream().limit(MOST_VIA).toList();
    }

    boolean isEmpty() {
        return cursors.isEmpty();
    }

    int viewers() {
        return viewers;
    }

    int relays() {
        return relays;
    }

    Map<String, Integer> viewersByProtocol() {
        return Map.copyOf(viewersByProtocol);
    }
}
