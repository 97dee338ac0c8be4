package io.headwater.multijvm.chaos;

import io.headwater.bench.Loop;
import io.headwater.codec.MalformedException;
import io.headwater.codec.rtmp.RtmpClientSession;
import io.headwater.codec.rtmp.RtmpMessage;
import io.headwater.codec.rtmp.RtmpUrl;
import io.headwater.media.Bytes;
import io.headwater.multijvm.NodeProcess;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/** One player on one node, over HTTP-FLV or RTMP, that never comes back by itself and checks every frame. */
final class Watcher implements Loop.Peer, AutoCloseable {
    enum Protocol {
        HTTP_FLV,
        RTMP
    }

    private final String node;
    private final String stream;
    private final Loop loop;
    private final ByteBuffer request;
    private final RtmpClientSession rtmp;
    private final Protocol protocol;
    private final FrameCheck check = new FrameCheck();
    private final FlvScan scan = new FlvScan(check);
    private final long askedNanos = System.nanoTime();
    private volatile long firstNanos;
    private volatile String ended = "";
    private volatile Loop.Connection connection;

    private Watcher(Loop loop, NodeProcess node, String stream, Protocol protocol) {
        this.loop = loop;
        this.node = node.name();
        this.stream = stream;
        this.protocol = protocol;
        this.request =
                ByteBuffer.wrap(("GET /" + stream + ".flv HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        this.rtmp = RtmpClientSession.player(
                RtmpUrl.parse(node.rtmpUrl(stream)).orElseThrow(), RandomGenerator.getDefault());
    }

    /** Begins to play. */
    static Watcher start(Loop loop, NodeProcess node, String stream, Protocol protocol) {
        Watcher watcher = new Watcher(loop, node, stream, protocol);
        String port = protocol == Protocol.RTMP ? "rtmp" : "live";
        loop.connect(new InetSocketAddress(node.host(), node.port(port)), watcher);
        return watcher;
    }

    String node() {
        return node;
    }

    FrameCheck check() {
        return check;
    }

    FrameCheck.Seen seen() {
        return check.seen();
    }

    /** Why the connection ended, empty while it is open. */
    String ended() {
        return ended;
    }

    /** From asking to the first picture; until now if there was none yet. */
    long firstPictureNanos() {
        return (firstNanos == 0 ? System.nanoTime() : firstNanos) - askedNanos;
    }

    @Override
    public void onConnected(Loop.Connection made) {
        connection = made;
        made.send(protocol == Protocol.RTMP ? rtmp.start().buffer() : request);
    }

    @Override
    public void onBytes(Loop.Connection from, ByteBuffer in, long nowNanos) {
        if (protocol == Protocol.RTMP) {
            rtmp(from, in, nowNanos);
        } else {
            String refused = scan.take(in, nowNanos);
            if (!refused.isEmpty()) {
                from.close(refused);
            }
        }
        if (firstNanos == 0 && check.seen().pictures() > 0) {
            firstNanos = nowNanos;
        }
    }

    private void rtmp(Loop.Connection from, ByteBuffer in, long nowNanos) {
        try {
            rtmp.receive(in, new RtmpClientSession.Output() {
                @Override
                public void send(Bytes bytes) {
                    from.send(bytes.buffer());
                }

                @Override
                public void event(RtmpClientSession.Event event) {
                    if (!(event instanceof RtmpClientSession.Started)) {
                        from.close(event.toString());
                    }
                }

                @Override
                public void media(RtmpMessage message) {
                    check.tag(
                            message.type(), message.timestamp(), message.body().buffer(), nowNanos);
                }
            });
        } catch (MalformedException e) {
            from.close(e.toString());
        }
    }

    @Override
    public void onClosed(String why) {
        ended = why;
    }

    @Override
    public void close() {
        Loop.Connection open = connection;
        if (open != null) {
            loop.run(() -> open.close("left"));
        }
    }

    @Override
    public String toString() {
        return protocol + " player of " + stream + " at " + node + ": " + seen()
                + (ended.isEmpty() ? "" : ", ended: " + ended);
    }
}
