package io.headwater.observe;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.LoggerFactory;

/** What is logged, which may change while the node runs. Any thread. */
public final class Logs {
    /** The logger of all of Headwater. */
    public static final String OURS = "io.headwater";

    /** Loggers that may be set at once, so that nobody fills the memory with names. */
    private static final int MOST = 200;

    private static final List<String> LEVELS = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");

    private Logs() {}

    /** The node's name is in every line that is written as JSON. */
    public static void of(String node) {
        context().ifPresent(context -> context.putProperty("node", node));
    }

    /** Writes what was said so far, for at most a second; what is said afterwards is not written. For the process's end. */
    public static void close() {
        context().ifPresent(LoggerContext::stop);
    }

    /** The loggers whose level was set, by name. */
    public static Map<String, String> levels() {
        Map<String, String> levels = new TreeMap<>();
        context()
                .ifPresent(context -> context.getLoggerList().stream()
                        .filter(logger -> logger.getLevel() != null)
                        .forEach(logger ->
                                levels.put(logger.getName(), logger.getLevel().toString())));
        return levels;
    }

    /**
     * Sets a level, of Headwater's or any other logger.
     *
     * @return empty, or why not
     */
    public static Optional<String> set(String logger, String level) {
        String word = level.toUpperCase(Locale.ROOT);
        if (!LEVELS.contains(word)) {
            return Optional.of("level is '" + printable(level) + "', expected one of " + String.join(", ", LEVELS));
        }
        if (!logger.matches("[A-Za-z0-9_.$-]{1,200}")) {
            return Optional.of("logger is '" + printable(logger) + "', expected a name such as " + OURS + ".relay");
        }
        Map<String, String> set = levels();
        if (set.size() >= MOST && !set.containsKey(logger)) {
            return Optional.of("the levels of " + set.size() + " loggers are set already");
        }
        context().ifPresent(context -> {
            Logger one = context.getLogger(logger);
            one.setLevel(Level.toLevel(word));
        });
        LoggerFactory.getLogger(Logs.class).info("level of {} is {}", logger, word);
        return Optional.empty();
    }

    private static String printable(String text) {
        String clean = text.replaceAll("[^\\x20-\\x7e]", "?");
        return clean.length() <= 64 ? clean : clean.substring(0, 64) + "...";
    }

    private static Optional<LoggerContext> context() {
        return LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                ? Optional.of(context)
                : Optional.empty();
    }
}
