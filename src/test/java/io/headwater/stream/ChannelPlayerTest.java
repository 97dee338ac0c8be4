package io.headwater.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.Records;
import io.headwater.media.Codec;
import io.headwater.media.StreamKey;
import io.headwater.media.Track;
import io.headwater.net.Counters;
import io.headwater.net.EventLoops;
import io.headwater.net.Metric;
import io.headwater.topology.Feed;
import io.headwater.topology.NodeId;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Players on real sockets and real event loops. */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class ChannelPlayerTest {
    private static final StreamKey KEY = new StreamKey("live", "x");

    private final Counters counters = new Counters();
    private final TestFormat format = new TestFormat();
    private final FakeDirectory directory = new FakeDirectory();
    private final Queue<Subscriber.End> ends = new ConcurrentLinkedQueue<>();
    private final Queue<ChannelPlayer> players = new ConcurrentLinkedQueue<>();
    private final Queue<Channel> channels = new ConcurrentLinkedQueue<>();
    private final List<Socket> sockets = new ArrayList<>();
    private EventLoops loops;
    private StreamHubs hubs;
    private Channel server;
    private Ingest ingest;

    @BeforeEach
    void start() throws Exception {
        loops = EventLoops.start(2);
        hubs = hubs(true);
        server = EventLoops.bind(bootstrap(), "127.0.0.1", 0, "test.port")
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        publish(1);
    }

    private StreamHubs hubs(boolean noDelay) {
        AppSettings app = Records.with(AppSettings.defaults(), Map.of("noDelay", noDelay));
        HubSettings all = Records.with(HubSettings.defaults(), Map.of("defaultApp", app));
        return new StreamHubs(new NodeId("me"), all, directory, new FakeUpstream(), new Counters());
    }

    private void publish(long epoch) {
        var stage = hubs.publish(KEY, new Streams.PeerInfo("rtmp", "p:1"), reason -> {});
        directory.grant(epoch);
        ingest = ((Streams.PublishAnswer.Accepted) stage.toCompletableFuture().join()).ingest();
    }

    @AfterEach
    void stop() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
        hubs.close();
        loops.close();
        await(() -> hubs.usage().equals(new StreamHubs.Usage(0, 0, 0, 0, 0, 0)));
    }

    private ServerBootstrap bootstrap() {
        return loops.server().childHandler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new Gateway());
            }
        });
    }

    private final class Gateway extends ChannelInboundHandlerAdapter implements ChannelPlayer.Listener {
        private ChannelHandlerContext context;
        private ChannelPlayer player;

        @Override
        public void channelActive(ChannelHandlerContext active) {
            context = active;
            player = new ChannelPlayer(active, format, this)
                    .counted(counters, "rtmp")
                    .play(
                            hubs,
                            KEY,
                            SubscribeRequest.viewer(
                                    "test", active.channel().remoteAddress().toString()));
            players.add(player);
            channels.add(active.channel());
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext changed) {
            player.writabilityChanged();
        }

        @Override
        public void onStart(Entry first) {
            context.write(context.alloc().buffer().writeBytes("OK ".getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public void onEnd(Subscriber.End end) {
            ends.add(end);
            context.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) {
            failed.close();
        }
    }

    private Socket connect() throws Exception {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(64 << 10);
        socket.connect(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), ((InetSocketAddress) server.localAddress()).getPort()));
        sockets.add(socket);
        return socket;
    }

    private static void await(java.util.function.BooleanSupplier condition) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < until, "waited a minute");
            Thread.sleep(5);
        }
    }

    private void picture(long n, boolean key, int size) {
        ingest.frame(
                TestFrames.VIDEO,
                n * 40_000,
                n * 40_000,
                key,
                TestFrames.bytes((key ? "K" : "P") + n + ".".repeat(size)));
    }

    private void sound(long n) {
        ingest.frame(TestFrames.AUDIO, n * 40_000, n * 40_000, true, TestFrames.bytes("A" + n));
    }

    private static String readUntil(InputStream in, String last) throws Exception {
        StringBuilder text = new StringBuilder();
        byte[] some = new byte[8192];
        while (text.indexOf(last) < 0) {
            int count = in.read(some);
            if (count < 0) {
                return text + "<end>";
            }
            text.append(new String(some, 0, count, StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    @Test
    void playersGetTheirHeadThenTheConfigurationsThenEveryFrame() throws Exception {
        picture(0, true, 0);
        sound(0);
        for (int i = 0; i < 50; i++) {
            connect();
        }
        await(() -> players.stream().filter(player -> player.frames() >= 2).count() == 50);
        picture(1, false, 0);
        sound(1);
        for (Socket socket : sockets) {
            assertEquals("OK HEAD[avcC asc ]K0;A0;P1;A1;", readUntil(socket.getInputStream(), "A1;"));
        }
        assertEquals(4, format.encoded.get(), "each frame is encoded once for all");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theKernelKeepsSmallWritesBackWhereTheApplicationSaysSo(boolean noDelay) throws Exception {
        hubs.close();
        hubs = hubs(noDelay);
        publish(1);
        picture(0, true, 0);
        readUntil(connect().getInputStream(), "K0;");
        assertEquals(noDelay, channels.remove().config().getOption(ChannelOption.TCP_NODELAY));
    }

    /** How many frames go together is what an operator sees of it. */
    @Test
    void writesAndTheFramesInThemAreCounted() throws Exception {
        picture(0, true, 0);
        sound(0);
        Socket one = connect();
        readUntil(one.getInputStream(), "A0;");
        for (int n = 1; n <= 20; n++) {
            picture(n, false, 0);
        }
        readUntil(one.getInputStream(), "P20;");
        await(() -> counters.get(Metric.PLAYER_FRAMES_RTMP) == 22);
        long writes = counters.get(Metric.PLAYER_WRITES_RTMP);
        assertTrue(writes >= 1 && writes <= 22, "writes: " + writes);
        assertEquals(0, counters.get(Metric.PLAYER_WRITES_HTTP_FLV));
    }

    @Test
    void aPlayerThatStopsReadingKeepsOnlyItsBoundAndTheOthersGoOn() throws Exception {
        picture(0, true, 0);
        sound(0);
        Socket stuck = connect();
        Socket fast = connect();
        await(() -> players.stream().filter(player -> player.frames() >= 2).count() == 2);
        long n = 1;
        StringBuilder got = new StringBuilder();
        // 40 MB: more than sockets and the ring hold together
        for (; n <= 400; n++) {
            picture(n, n % 25 == 0, 100_000);
            got.append(readUntil(fast.getInputStream(), n + ".".repeat(100_000) + ";")
                    .replace(".", ""));
        }
        assertTrue(got.toString().endsWith("P399;K400;"), "the fast one saw all");
        assertFalse(got.toString().contains("<end>"));
        ChannelPlayer slow = players.stream()
                .min(java.util.Comparator.comparingLong(ChannelPlayer::bytes))
                .orElseThrow();
        assertTrue(slow.bytes() < 8 << 20, "the stuck one was given " + slow.bytes());
        assertTrue(hubs.usage().encodedBytes() <= 32 << 20);
        long last = n;
        sound(last);
        String rest = readUntil(stuck.getInputStream(), "A" + last + ";").replace(".", "");
        assertTrue(rest.endsWith(";K400;A401;") && !rest.contains("P399;"), "goes on at the newest keyframe: " + rest);
    }

    @Test
    void aConfigurationIsToldOnceUntilItChanges() throws Exception {
        Socket early = connect();
        await(() -> !players.isEmpty());
        picture(0, true, 0);
        picture(1, false, 0);
        sound(1);
        picture(2, false, 0);
        InputStream in = early.getInputStream();
        assertEquals(
                "OK HEAD[avcC asc ]K0;P1;A1;P2;", readUntil(in, "P2;"), "the sound is known from the first picture");
        ingest.lost();
        publish(2);
        picture(3, true, 0);
        sound(3);
        assertEquals("K3;A3;", readUntil(in, "A3;"), "another session with the same configurations");
        Track other = Track.audio(Codec.AAC, TestFrames.bytes("asc2"), 44_100, 2);
        ingest.frame(other, 160_000, 160_000, true, TestFrames.bytes("A4"));
        assertEquals("[asc2 ]A4;", readUntil(in, "A4;"));
        InputStream late = connect().getInputStream();
        assertEquals("OK HEAD[avcC asc ]K3;A3;[asc2 ]A4;", readUntil(late, "A4;"));
    }

    @Test
    void theLastFramesAreWrittenBeforeTheEnd() throws Exception {
        picture(0, true, 0);
        sound(0);
        Socket socket = connect();
        await(() -> players.stream().anyMatch(player -> player.frames() >= 2));
        picture(1, false, 100);
        ingest.lost();
        directory.listener.onFeed(KEY, new Feed.Nothing(Feed.Reason.ENDED));
        String all = readUntil(socket.getInputStream(), "never");
        assertTrue(all.replace(".", "").endsWith("P1;<end>"), all);
        assertEquals(List.of(new Subscriber.End.NoFeed(Feed.Reason.ENDED)), List.copyOf(ends));
    }

    @Test
    void aPortThatIsTakenIsNamedWithItsSetting() throws Exception {
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        try {
            EventLoops.bind(bootstrap(), "127.0.0.1", port, "headwater.live.port")
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            throw new AssertionError("bound twice");
        } catch (ExecutionException expected) {
            assertTrue(expected.getCause() instanceof BindException);
            assertEquals(
                    "cannot listen on 127.0.0.1:" + port + " (headwater.live.port): the address is already in use",
                    expected.getCause().getMessage());
        }
    }
}
