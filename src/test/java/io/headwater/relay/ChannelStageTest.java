package io.headwater.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** What a channel said before the stream of its link ran. */
class ChannelStageTest {
    @RegisterExtension
    static final RelayMachine MACHINE = new RelayMachine();

    private static void until(EmbeddedChannel channel, BooleanSupplier done) {
        for (long until = System.nanoTime() + 10_000_000_000L; !done.getAsBoolean() && System.nanoTime() < until; ) {
            channel.runPendingTasks();
            Thread.onSpinWait();
        }
        assertTrue(done.getAsBoolean());
    }

    /** A refusal and the end of the connection may be here before the stream has begun. */
    @Test
    void whatCameBeforeTheStreamBeganIsNotLost() throws Exception {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAutoRead(false);
        CompletableFuture<ByteString> all = new CompletableFuture<>();
        Sink<ByteString, ?> heard = Sink.<ByteString, ByteString>fold(ByteString.emptyByteString(), ByteString::concat)
                .mapMaterializedValue(done -> done.whenComplete((bytes, cause) -> all.complete(bytes)));
        MACHINE.loops.run(channel, Flow.fromSinkAndSourceMat(heard, Source.maybe(), Keep.none()));
        channel.writeInbound(Unpooled.copiedBuffer(new byte[] {'n', 'o'}));
        channel.close();
        until(channel, all::isDone);
        assertEquals("no", all.get(0, TimeUnit.SECONDS).utf8String());
    }

    /** Taken one element at a time, when the test says so. */
    private static final class Reader implements Subscriber<ByteString> {
        private @Nullable Subscription subscription;
        private int bytes;
        private boolean over;

        @Override
        public void onSubscribe(Subscription with) {
            subscription = with;
        }

        @Override
        public void onNext(ByteString element) {
            bytes += element.size();
        }

        @Override
        public void onError(Throwable cause) {
            over = true;
        }

        @Override
        public void onComplete() {
            over = true;
        }

        void take(int elements) {
            Objects.requireNonNull(subscription).request(elements);
        }
    }

    @Test
    void aSocketIsNotReadWhileWhatWasReadIsNotTaken() {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAutoRead(false);
        Reader reader = new Reader();
        MACHINE.loops.run(channel, Flow.fromSinkAndSourceMat(Sink.fromSubscriber(reader), Source.maybe(), Keep.none()));
        until(channel, () -> reader.subscription != null && channel.config().isAutoRead());
        int sent = 0;
        while (channel.config().isAutoRead()) {
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[64 << 10]));
            sent++;
            assertTrue(sent <= 16, "is read without an end");
        }
        assertEquals(5, sent, "256 KiB and what is more");
        reader.take(2);
        until(channel, () -> reader.bytes == 128 << 10);
        assertFalse(channel.config().isAutoRead());
        reader.take(3);
        until(channel, () -> reader.bytes == 320 << 10);
        assertTrue(channel.config().isAutoRead());
        channel.close();
        until(channel, () -> reader.over);
    }

    /** Netty closes a channel whose socket fails, not one of which a handler does. */
    @Test
    void aWriteThatFailsIsTheEndOfTheLink() {
        EmbeddedChannel channel = new EmbeddedChannel(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
                ReferenceCountUtil.release(message);
                promise.setFailure(new IllegalStateException("no room"));
            }
        });
        channel.config().setAutoRead(false);
        Reader reader = new Reader();
        Source<ByteString, ?> once = Source.single(ByteString.fromString("x")).concat(Source.maybe());
        MACHINE.loops.run(channel, Flow.fromSinkAndSourceMat(Sink.fromSubscriber(reader), once, Keep.none()));
        until(channel, () -> reader.subscription != null);
        reader.take(1);
        until(channel, () -> reader.over);
        assertFalse(channel.isOpen());
    }
}
