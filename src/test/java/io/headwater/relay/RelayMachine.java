package io.headwater.relay;

import com.typesafe.config.ConfigFactory;
import io.headwater.net.EventLoops;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What runs the links of relay tests: a system for their streams, and event loops. One for all tests of a class, or one each. */
final class RelayMachine implements AfterAllCallback, AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long STEP_NANOS = 2_000_000;

    final ActorSystem<Void> system = ActorSystem.create(
            Behaviors.empty(),
            "relay-test",
            ConfigFactory.parseResources("headwater-media.conf").withFallback(ConfigFactory.load()));
    final EventLoops eventLoops = EventLoops.start(2);
    final RelayLoops loops = new RelayLoops(system, eventLoops);

    @Override
    public void afterAll(ExtensionContext context) {
        close();
    }

    @Override
    public void close() {
        system.terminate();
        // a stream that did not end keeps it for ever
        system.getWhenTerminated()
                .toCompletableFuture()
                .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .join();
        eventLoops.close();
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + LIMIT.toSeconds() + " s: " + what);
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }
}
