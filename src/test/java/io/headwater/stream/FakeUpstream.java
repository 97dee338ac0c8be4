package io.headwater.stream;

import io.headwater.media.StreamKey;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Links that a test plays the other end of. */
final class FakeUpstream implements Upstream {
    final List<Opened> opened = new ArrayList<>();
    /** The node that each stream would be pulled from next. */
    final Map<StreamKey, String> next = new HashMap<>();
    /** What was called, in order. */
    final List<String> calls = new ArrayList<>();

    static final class Opened implements Link {
        final Peer peer;
        final Request request;
        final Sink sink;
        boolean closed;

        Opened(Peer peer, Request request, Sink sink) {
            this.peer = peer;
            this.request = request;
            this.sink = sink;
        }

        @Override
        public void close() {
            closed = true;
        }

        void breaks() {
            ends(Closed.Kind.BROKEN);
        }

        void ends(Closed.Kind kind) {
            closed = true;
            sink.onClosed(new Closed(kind, "test"));
        }

        void welcome(long epoch, boolean resumed, String... path) {
            sink.onWelcome(
                    epoch, resumed, List.of(path).stream().map(NodeId::new).toList());
        }
    }

    @Override
    public Link open(Peer peer, Request request, Sink sink) {
        Opened link = new Opened(peer, request, sink);
        opened.add(link);
        calls.add("open " + peer.node());
        return link;
    }

    @Override
    public void next(StreamKey key, Optional<Peer> peer) {
        if (peer.isPresent()) {
            next.put(key, peer.get().node().name());
            calls.add("next " + peer.get().node());
        } else {
            next.remove(key);
            calls.add("next -");
        }
    }

    Opened last() {
        return opened.get(opened.size() - 1);
    }

    /** The links that are open now, as {@code node after epoch:sequence}. */
    List<String> openNow() {
        return opened.stream()
                .filter(link -> !link.closed)
                .map(link -> link.peer.node() + " after " + link.request.epoch() + ":" + link.request.afterSequence())
                .toList();
    }
}
