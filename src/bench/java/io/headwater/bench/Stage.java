package io.headwater.bench;

import io.headwater.codec.rtmp.RtmpUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What every mode begins with: a server under load by its publishers, and viewers to come. */
final class Stage implements AutoCloseable {
    static final int FPS = 25;
    static final int GOP = 50;
    static final int BITRATE = 2_500_000;
    static final String STREAM = "bench";
    static final String APP = "live";

    private static final int MOST_WARM_SECONDS = 60;
    private static final int WARM_MS_PER_SECOND = 10;

    final Servers.Running server;
    private final String app;
    final Audience audience = new Audience();
    final List<Publisher> publishers = new ArrayList<>();
    private final Loop publishing = new Loop("bench-publishers");

    Stage(Servers.Running server) throws IOException {
        this(server, APP);
    }

    private Stage(Servers.Running server, String app) throws IOException {
        this.server = server;
        this.app = app;
    }

    static Servers.Running start(Servers servers, String name, int mergeMs) {
        return switch (name) {
            case "headwater" -> servers.headwater(Map.of("headwater.apps.live.write-merge", mergeMs + "ms"));
            case "floor" -> servers.floor(mergeMs);
            case Servers.NGINX, Servers.NGINX_NODELAY -> servers.nginx(name);
            default ->
                throw new IllegalArgumentException(
                        "server " + name + ", expected headwater, floor, nginx-rtmp or nginx-nodelay");
        };
    }

    /** One stream, {@link #STREAM}, that is old enough to be joined in the middle. */
    static Stage oneStream(Servers.Running server) throws Exception {
        return oneStream(server, APP);
    }

    static Stage oneStream(Servers.Running server, String app) throws Exception {
        Stage stage = new Stage(server, app);
        stage.publish(STREAM, BITRATE, 1);
        stage.awaitStarted(2L * GOP);
        return stage;
    }

    void publish(String stream, int bitrate, long seed) {
        StampedFrames frames = new StampedFrames(bitrate, FPS, GOP, seed);
        boolean flv = server.publishFlvPort() != 0;
        Publisher publisher = flv
                ? Publisher.flv(publishing, frames, bitrate)
                : Publisher.rtmp(publishing, frames, bitrate, new RtmpUrl("127.0.0.1", server.rtmpPort(), app, stream));
        int port = flv ? server.publishFlvPort() : server.rtmpPort();
        publishing.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), publisher);
        publishers.add(publisher);
    }

    /** {@code count} streams s0, s1, and so on, begun {@code everyMs} after each other so that their frames are, too. */
    void publishMany(int count, int bitrate, int everyMs) {
        for (int i = 0; i < count; i++) {
            publish("s" + i, bitrate, i);
            Waiting.restMs(everyMs);
        }
    }

    /** Until all are accepted and have sent that many pictures. */
    void awaitStarted(long frames) throws Exception {
        for (Publisher publisher : publishers) {
            publisher.started.get(60, TimeUnit.SECONDS);
        }
        Waiting.until(60, frames + " frames", () -> publishers.stream().allMatch(p -> p.framesSent() >= frames));
    }

    Audience.Place place(String protocol, String stream) {
        return new Audience.Place(
                protocol, protocol.equals("rtmp") ? server.rtmpPort() : server.livePort(), app, stream);
    }

    /** More viewers, until all that ever joined have a picture. */
    void join(String protocol, String stream, int count, int checked, int overMs, int total) {
        audience.join(place(protocol, stream), count, checked, overMs);
        awaitPictures(total);
    }

    void awaitPictures(int total) {
        Waiting.until(60, total + " viewers with a picture", () -> audience.withPicture() >= total);
    }

    /** That many seconds of the stream. */
    void forSeconds(int seconds) {
        Publisher first = publishers.get(0);
        long end = first.framesSent() + (long) seconds * FPS;
        Waiting.until(seconds + 30, "frames of the publisher", () -> first.framesSent() >= end);
    }

    /**
     * Lets the server run under its load until the compilers of a JVM have little left to do: what it costs for days is
     * measured, not its first minute.
     */
    void warmUp() {
        warmUp(this);
    }

    /** The same for a server that another stage's publishers feed. */
    void warmUp(Stage fed) {
        fed.forSeconds(2);
        for (int seconds = 2; seconds < MOST_WARM_SECONDS; seconds += 3) {
            long before = Proc.compilersMs(server.process().toHandle());
            fed.forSeconds(3);
            if (Proc.compilersMs(server.process().toHandle()) - before < 3 * WARM_MS_PER_SECOND) {
                return;
            }
        }
    }

    /** A publisher that sends to its own reader, past any server; the delays it sees are those of the tool. */
    void reference(Audience reader) throws IOException {
        try (ServerSocketChannel listening = ServerSocketChannel.open()) {
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            publishing.connect(
                    (InetSocketAddress) listening.getLocalAddress(),
                    Publisher.flv(publishing, new StampedFrames(BITRATE, FPS, GOP, 7), BITRATE));
            reader.reference(listening.accept());
        }
    }

    int publishersLost() {
        return (int) publishers.stream().filter(p -> !p.closed.isEmpty()).count();
    }

    /** Ends the load, but not the server. */
    void leave() {
        audience.close();
        publishing.close();
    }

    @Override
    public void close() {
        leave();
        server.close();
    }
}
