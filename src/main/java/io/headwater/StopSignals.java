package io.headwater;

import io.headwater.config.ConfigException;
import io.headwater.observe.Logs;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What SIGTERM and SIGINT mean: the first takes the node out of service and ends the process with 0 then; the second ends it
 * at once. SIGHUP makes the node read its configuration again.
 *
 * <p>The JVM's own way, a shutdown hook, does not see a second signal. Its signal handlers are no public API, so they are
 * looked up; where there are none, a signal ends the node without draining it.
 */
final class StopSignals {
    private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);
    /** What a process ends with that SIGTERM ended, by the shells' reckoning. */
    private static final int ENDED_BY_SIGNAL = 143;

    private StopSignals() {}

    static void listen(Node node) {
        AtomicBoolean told = new AtomicBoolean();
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getName().equals("handle")) {
                if (arguments[0].toString().equals("SIGHUP")) {
                    onHangUp(node);
                } else {
                    onSignal(node, told);
                }
                return null;
            }
            return switch (method.getName()) {
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> proxy == arguments[0];
                default -> "stop signals";
            };
        };
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(handlerType.getClassLoader(), new Class<?>[] {handlerType}, handler);
            for (String name : List.of("TERM", "INT", "HUP")) {
                signal.getMethod("handle", signal, handlerType)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            }
        } catch (ReflectiveOperationException | RuntimeException none) {
            LOG.warn("signals cannot be heard ({}): SIGTERM ends the node without draining it", none.toString());
        }
    }

    /** The configuration is read again; what is wrong with it is told and changes nothing. */
    private static void onHangUp(Node node) {
        try {
            node.reload();
        } catch (ConfigException refused) {
            refused.problems().forEach(problem -> LOG.warn("configuration not taken over: {}", problem));
        }
    }

    private static void onSignal(Node node, AtomicBoolean told) {
        if (!told.compareAndSet(false, true)) {
            LOG.warn("told to end once more: ends at once");
            Logs.close();
            Runtime.getRuntime().halt(ENDED_BY_SIGNAL);
        }
        Thread thread = new Thread(
                () -> {
                    try {
                        node.drain();
                    } catch (InterruptedException stopped) {
                        Thread.currentThread().interrupt();
                    }
                    System.exit(0);
                },
                "stop");
        thread.setDaemon(true);
        thread.start();
    }
}
