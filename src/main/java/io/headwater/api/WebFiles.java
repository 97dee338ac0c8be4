package io.headwater.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The files of the pages, from the class path. Only plain names below {@code web/} that have a known type are looked up,
 * so no path leads out of it; what was read stays in memory, and there is no more of that than there are files.
 */
final class WebFiles {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");
    private static final int DEEPEST = 4;

    private final Map<String, WebFile> files = new ConcurrentHashMap<>();

    /** @param path its parts, decoded */
    Optional<WebFile> find(List<String> path) {
        if (path.isEmpty() || path.size() > DEEPEST) {
            return Optional.empty();
        }
        for (String part : path) {
            if (!NAME.matcher(part).matches()) {
                return Optional.empty();
            }
        }
        return WebFile.typeOf(path.get(path.size() - 1)).flatMap(type -> read(String.join("/", path), type));
    }

    private Optional<WebFile> read(String name, String type) {
        WebFile known = files.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        try (InputStream in = WebFiles.class.getClassLoader().getResourceAsStream("web/" + name)) {
            if (in == null) {
                return Optional.empty();
            }
            WebFile file = WebFile.of(in.readAllBytes(), type);
            files.put(name, file);
            return Optional.of(file);
        } catch (IOException broken) {
            throw new UncheckedIOException("web/" + name + " cannot be read from the class path", broken);
        }
    }
}
