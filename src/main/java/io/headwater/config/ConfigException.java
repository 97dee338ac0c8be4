package io.headwater.config;

import java.util.List;

/**
 * The configuration is refused: the start ends here, with every problem that was found, one line each.
 *
 * <p>Has no stack trace; each line names the key, its value, where it was set and what was expected.
 */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    public ConfigException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems), null, false, false);
        this.problems = List.copyOf(problems);
    }

    public ConfigException(String problem) {
        this(List.of(problem));
    }

    /** One line each, in the order they were found. */
    public List<String> problems() {
        return problems;
    }
}
