package io.headwater.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HostNamesTest {
    private static final int WAITING = 8;

    private final DefaultEventExecutor loop = new DefaultEventExecutor();
    private final CountDownLatch nameServer = new CountDownLatch(1);
    private final HostNames names = new HostNames(this::whenTheNameServerAnswers, WAITING, 30_000);

    private InetAddress[] whenTheNameServerAnswers(String name) throws UnknownHostException {
        try {
            nameServer.await();
        } catch (InterruptedException ended) {
            throw new UnknownHostException("ended");
        }
        if (!name.startsWith("node")) {
            throw new UnknownHostException(name);
        }
        return new InetAddress[] {InetAddress.getByAddress(name, new byte[] {10, 0, 0, 1})};
    }

    @AfterEach
    void stop() {
        nameServer.countDown();
        names.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void aNameServerThatDoesNotAnswerHoldsUpNeitherTheLoopNorNumbers() throws Exception {
        List<Future<InetSocketAddress>> asked = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            asked.add(resolve("node" + i));
        }
        assertEquals("loop", loop.submit(() -> "loop").get(10, TimeUnit.SECONDS));
        assertEquals("127.0.0.1", got(resolve("127.0.0.1")));
        assertEquals("0:0:0:0:0:0:0:1", got(resolve("::1")));
        assertTrue(asked.stream().noneMatch(Future::isDone));
        nameServer.countDown();
        for (Future<InetSocketAddress> one : asked) {
            assertEquals("10.0.0.1", got(one));
        }
    }

    @Test
    void anUnknownNameIsTold() {
        nameServer.countDown();
        var failure = assertThrows(ExecutionException.class, () -> got(resolve("elsewhere")));
        assertInstanceOf(UnknownHostException.class, failure.getCause());
    }

    @Test
    void namesBeyondTheLimitFailAtOnce() throws Exception {
        List<Future<InetSocketAddress>> asked = new ArrayList<>();
        for (int i = 0; i < 4 + WAITING; i++) {
            asked.add(resolve("node" + i));
        }
        loop.submit(() -> {}).get(10, TimeUnit.SECONDS);
        var failure = assertThrows(ExecutionException.class, () -> got(resolve("node-too-many")));
        assertEquals(
                "node-too-many: too many names are being looked up",
                failure.getCause().getMessage());
        nameServer.countDown();
        for (Future<InetSocketAddress> one : asked) {
            assertEquals("10.0.0.1", got(one));
        }
    }

    @Test
    void aNameServerThatDoesNotAnswerIsNotWaitedForLongerThanTheLimit() {
        try (HostNames hasty = new HostNames(this::whenTheNameServerAnswers, WAITING, 20)) {
            var asked = hasty.getResolver(loop).resolve(InetSocketAddress.createUnresolved("node1", 5000));
            var failure = assertThrows(ExecutionException.class, () -> got(asked));
            assertEquals("node1: no answer within 20 ms", failure.getCause().getMessage());
        }
    }

    @Test
    void aLookupThatFailsInAnotherWayIsTold() {
        HostNames.Lookup forbidden = name -> {
            throw new SecurityException("not allowed");
        };
        try (HostNames refusing = new HostNames(forbidden, WAITING, 30_000)) {
            var asked = refusing.getResolver(loop).resolve(InetSocketAddress.createUnresolved("node1", 5000));
            var failure = assertThrows(ExecutionException.class, () -> got(asked));
            assertEquals("not allowed", failure.getCause().getMessage());
        }
    }

    private Future<InetSocketAddress> resolve(String name) {
        return names.getResolver(loop).resolve(InetSocketAddress.createUnresolved(name, 5000));
    }

    private static String got(Future<InetSocketAddress> address) throws Exception {
        return address.get(10, TimeUnit.SECONDS).getAddress().getHostAddress();
    }
}
