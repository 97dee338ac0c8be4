package io.headwater.api;

import java.util.regex.Pattern;

/** The kinds of calls, in the order they are shown in. */
enum ApiTag {
    NODES("Nodes and the cluster", "What runs where, and taking nodes in and out of service.", ".*"),
    OPERATING(
            "Operating",
            "What is asked and changed while a node runs.",
            "/metrics|/rest/v2/(log-level|reload|backup|restore)"),
    BROADCASTS("Broadcasts", "Streams that somebody publishes, and those that were created.", ".*/broadcasts(/.*)?"),
    WATCHING(
            "What a stream does",
            "Who feeds whom, who watches, what happened.",
            ".*/broadcasts/.*(topology|events|viewers.*|-statistics|stream-info|place)"),
    TOKENS("Tokens and stream keys", "Where an application asks for them.", ".*/broadcasts/.*(token.*|stream-key)");

    final String title;
    final String description;
    private final Pattern paths;

    ApiTag(String title, String description, String paths) {
        this.title = title;
        this.description = description;
        this.paths = Pattern.compile(paths);
    }

    /** The last that fits: each kind is a part of those before. */
    static ApiTag of(Route route) {
        ApiTag found = NODES;
        for (ApiTag tag : values()) {
            if (tag.paths.matcher(route.path()).matches()) {
                found = tag;
            }
        }
        return found;
    }
}
