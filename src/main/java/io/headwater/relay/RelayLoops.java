package io.headwater.relay;

import io.headwater.net.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.dispatch.Dispatchers;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;

/**
 * Runs the stream of a relay link on the event loop of its socket: what arrives is parsed, and what is sent is written, by
 * the thread that the kernel woke, without being handed to another.
 *
 * <p>One for the relay of a node, both directions.
 */
public final class RelayLoops {
    private static final AtomicLong IDS = new AtomicLong();

    private final ActorSystem<?> system;
    private final EventLoops loops;
    private final Map<EventLoop, Attributes> attributes = new ConcurrentHashMap<>();

    /**
     * @param system the media plane's
     * @param loops end after it
     */
    public RelayLoops(ActorSystem<?> system, EventLoops loops) {
        this.system = system;
        this.loops = loops;
    }

    ServerBootstrap server(RelaySettings settings) {
        return loops.server()
                .childOption(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.SO_RCVBUF, settings.receiveBufferBytes())
                .childOption(ChannelOption.SO_RCVBUF, settings.receiveBufferBytes())
                .childOption(ChannelOption.SO_SNDBUF, settings.sendBufferBytes());
    }

    Bootstrap client(RelaySettings settings) {
        return loops.clientOfNodes()
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.SO_RCVBUF, settings.receiveBufferBytes())
                .option(ChannelOption.SO_SNDBUF, settings.sendBufferBytes())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        settings.connectTimeout().toMillis());
    }

    /**
     * Lets {@code link} have the bytes of {@code channel}, which does not read by itself yet, and give it its own.
     *
     * @throws IllegalStateException if the actor system has stopped
     */
    void run(Channel channel, Flow<ByteString, ByteString, NotUsed> link) {
        Flow.fromGraph(new ChannelStage(channel))
                .join(link)
                .withAttributes(attributes.computeIfAbsent(channel.eventLoop(), this::register))
                .run(system);
    }

    private Attributes register(EventLoop loop) {
        String id = "headwater-relay-loop-" + IDS.incrementAndGet();
        Dispatchers dispatchers = Adapter.toClassic(system).dispatchers();
        dispatchers.registerConfigurator(id, new LoopDispatcher(dispatchers, id, loop));
        return ActorAttributes.dispatcher(id);
    }
}
