package io.headwater.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.codec.MalformedException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What callers may say of a broadcast, by the names scripts know. Other fields of a body are passed over: scripts write
 * back whole objects, counters and all.
 */
final class BroadcastFields {
    private static final long ANY = 1L << 53;

    /** One field: what its value has to be like. */
    private interface Rule {
        /** What was expected, or an empty text if the value is fine. */
        String expected(JsonNode value);
    }

    private static final Map<String, Rule> RULES = rules();

    /** What this server does not do, and the value that asks for nothing: to take another one would be a lie. */
    private static final Map<String, String> NOT_DONE = Map.of(
            "plannedStartDate", "0",
            "plannedEndDate", "0",
            "expireDurationMS", "0",
            "maxIdleTime", "0",
            "autoStartStopEnabled", "false",
            "webRTCViewerLimit", "-1",
            "hlsViewerLimit", "-1",
            "dashViewerLimit", "-1",
            "subtracksLimit", "-1");

    /** Written by callers and never read back. */
    static final List<String> SECRET = List.of("password");

    private BroadcastFields() {}

    private static Map<String, Rule> rules() {
        Map<String, Rule> rules = new LinkedHashMap<>();
        for (String name : List.of("name", "category", "username", "password", "subFolder", "role")) {
            rules.put(name, text(256));
        }
        for (String name : List.of("latitude", "longitude", "altitude")) {
            rules.put(name, text(64));
        }
        rules.put("description", text(4096));
        rules.put("metaData", text(8192));
        rules.put("mainTrackStreamId", text(128));
        rules.put("listenerHookURL", webAddress());
        rules.put("streamUrl", url("rtmp://", "rtmps://", "http://", "https://"));
        rules.put("type", oneOf("liveStream", "streamSource"));
        for (String name :
                List.of("publish", "publicStream", "is360", "playlistLoopEnabled", "autoStartStopEnabled", "virtual")) {
            rules.put(name, flag());
        }
        for (String name : List.of("plannedStartDate", "plannedEndDate", "expireDurationMS", "maxIdleTime")) {
            rules.put(name, whole(0, ANY));
        }
        for (String name : List.of("webRTCViewerLimit", "hlsViewerLimit", "dashViewerLimit", "subtracksLimit")) {
            rules.put(name, whole(-1, Integer.MAX_VALUE));
        }
        // this server does not record: to take "on" would be a lie
        rules.put("mp4Enabled", whole(-1, 0));
        rules.put("webMEnabled", whole(-1, 0));
        return rules;
    }

    /** Whether callers may say it, and read it again. */
    static boolean isSaid(String field) {
        return RULES.containsKey(field) && !SECRET.contains(field);
    }

    /** Takes over what the body says; null stands for "not said". Nothing is taken over if one value is wrong. */
    static ObjectNode apply(ObjectNode before, JsonNode body) throws MalformedException {
        ObjectNode after = before.deepCopy();
        for (Map.Entry<String, Rule> rule : RULES.entrySet()) {
            JsonNode value = body.path(rule.getKey());
            if (value.isMissingNode() || value instanceof NullNode) {
                continue;
            }
            String expected = rule.getValue().expected(value);
            if (!expected.isEmpty()) {
                throw new MalformedException(
                        rule.getKey() + " is " + Call.printable(value.toString()) + ", expected " + expected);
            }
            after.set(rule.getKey(), value);
        }
        return after;
    }

    /** Scripts write back whole objects: what was kept by an older version is no reason to refuse one. */
    static void refuseNotDone(ObjectNode before, JsonNode body) throws MalformedException {
        for (Map.Entry<String, String> field : NOT_DONE.entrySet()) {
            String value = body.path(field.getKey()).asText("");
            if (!value.isEmpty()
                    && !body.path(field.getKey()).isNull()
                    && !value.equals(field.getValue())
                    && !value.equals(before.path(field.getKey()).asText())) {
                throw new MalformedException(field.getKey() + " is " + Call.printable(value) + ", expected "
                        + field.getValue() + " or nothing: this server does not do that (docs/migrate.md)");
            }
        }
    }

    private static Rule text(int longest) {
        return value -> value.isTextual() && value.textValue().length() <= longest
                ? ""
                : "a text of at most " + longest + " characters";
    }

    private static Rule url(String... schemes) {
        return value -> {
            boolean fine = value.isTextual()
                    && (value.textValue().isEmpty()
                            || (value.textValue().matches("[\\x21-\\x7e]{1,2048}")
                                    && List.of(schemes).stream().anyMatch(value.textValue()::startsWith)));
            return fine ? "" : "a URL that begins with " + String.join(" or ", schemes);
        };
    }

    /** One that can be asked. */
    private static Rule webAddress() {
        Rule url = url("http://", "https://");
        return value -> {
            String expected = url.expected(value);
            boolean fine = !expected.isEmpty() || value.textValue().isEmpty() || hasHost(value.textValue());
            return fine ? expected : "a URL with a host";
        };
    }

    private static boolean hasHost(String url) {
        try {
            return new URI(url).getHost() != null;
        } catch (URISyntaxException none) {
            return false;
        }
    }

    private static Rule flag() {
        return value -> value.isBoolean() ? "" : "true or false";
    }

    private static Rule oneOf(String... names) {
        return value ->
                value.isTextual() && List.of(names).contains(value.textValue()) ? "" : String.join(" or ", names);
    }

    private static Rule whole(long least, long most) {
        return value -> value.canConvertToLong()
                        && value.isIntegralNumber()
                        && value.longValue() >= least
                        && value.longValue() <= most
                ? ""
                : "a whole number from " + least + (most == ANY ? " on" : " to " + most);
    }
}
