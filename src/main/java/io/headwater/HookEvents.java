package io.headwater;

import io.headwater.api.Registered;
import io.headwater.cluster.ClusterNode;
import io.headwater.cluster.ControlPlane;
import io.headwater.cluster.NodeStatus;
import io.headwater.media.StreamKey;
import io.headwater.net.Counters;
import io.headwater.stream.StreamDecision;
import io.headwater.stream.StreamEvent;
import io.headwater.stream.StreamEvents;
import io.headwater.topology.NodeId;
import io.headwater.webhook.About;
import io.headwater.webhook.WebhookSettings;
import io.headwater.webhook.Webhooks;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Connects webhooks with the cluster: who sends, and which nodes went down. The rest of it is the entities' decisions. */
final class HookEvents implements StreamEvents, AutoCloseable {
    private static final long LOOK_MS = 500;

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "headwater-members");
        thread.setDaemon(true);
        return thread;
    });
    private volatile @Nullable Webhooks webhooks;
    /** The others when they were well; only touched on the clock's thread. */
    private Map<NodeId, ClusterNode> well = Map.of();

    void start(WebhookSettings settings, ControlPlane control, BroadcastAnswers broadcasts, Counters counters) {
        if (settings.isOn()) {
            Webhooks made = new Webhooks(
                    settings,
                    control.notes(),
                    counters,
                    key -> broadcasts.find(key).thenApply(found -> found.map(HookEvents::about)),
                    () -> sends(control),
                    System::currentTimeMillis);
            webhooks = made;
            clock.scheduleWithFixedDelay(() -> look(control, made), LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
        }
    }

    private static About about(Registered broadcast) {
        return new About(
                broadcast.saidText("name").orElse(""),
                broadcast.saidText("category").orElse(""),
                broadcast.saidText("mainTrackStreamId").orElse(""),
                broadcast.saidText("metaData").orElse(""),
                broadcast.saidText("listenerHookURL").orElse(""));
    }

    /** The first by name of the members that are well: all nodes that see each other agree, but for moments. */
    private static boolean sends(ControlPlane control) {
        return control.isUp()
                && control.nodes().stream()
                        .filter(node -> node.status() == NodeStatus.UP)
                        .map(ClusterNode::id)
                        .min(NodeId::compareTo)
                        .filter(control.node()::equals)
                        .isPresent();
    }

    /** A node that is gone without having said so, or cannot be reached, is down. One that leaves is not. */
    private void look(ControlPlane control, Webhooks told) {
        if (!control.isUp()) {
            well = Map.of(); // it is this node that is out
            return;
        }
        Map<NodeId, ClusterNode> now = new HashMap<>();
        control.nodes().forEach(node -> now.put(node.id(), node));
        well.forEach((id, before) -> {
            ClusterNode seen = now.get(id);
            if (seen == null || seen.status() == NodeStatus.UNREACHABLE) {
                told.nodeDown(id.name(), before.peer().group().name(), before.sinceMs());
            }
        });
        now.values()
                .removeIf(node -> node.status() != NodeStatus.UP || node.id().equals(control.node()));
        well = now;
    }

    @Override
    public void record(StreamKey key, StreamEvent event) {
        // decisions are told, not what one node saw
    }

    @Override
    public void decided(StreamKey key, StreamDecision decision) {
        Webhooks told = webhooks;
        if (told != null) {
            told.decided(key, decision);
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
        Webhooks told = webhooks;
        if (told != null) {
            told.close();
        }
    }
}
