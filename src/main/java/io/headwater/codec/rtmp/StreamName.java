package io.headwater.codec.rtmp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which stream a client means by the application of its {@code connect} and the name of its {@code publish} or
 * {@code play}. Neither part is checked here.
 *
 * <p>The first segment is the application and the rest the stream, wherever the client put the border:
 * {@code live} and {@code stream1}, {@code live/stream1} and nothing, nothing and {@code live/stream1} are the same.
 *
 * @param parameters of the query in the name, the application and the connect's {@code tcUrl}; the name's come first
 */
public record StreamName(String app, String streamId, Map<String, String> parameters) {
    /** A query of more than this is cut off; nobody needs it. */
    private static final int MOST_PARAMETERS = 32;

    public StreamName {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    public static StreamName of(String app, String name, String tcUrl) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String part : new String[] {name, app, tcUrl}) {
            addParameters(part, parameters);
        }
        String path = (beforeQuery(app) + "/" + beforeQuery(name)).replaceAll("/{2,}", "/");
        // the default instance of an application, which Flash-era clients write out
        path = path.replace("/_definst_", "").replaceAll("^/|/$", "");
        int border = path.indexOf('/');
        return border < 0
                ? new StreamName(path, "", parameters)
                : new StreamName(path.substring(0, border), path.substring(border + 1), parameters);
    }

    private static String beforeQuery(String text) {
        int query = text.indexOf('?');
        return query < 0 ? text : text.substring(0, query);
    }

    private static void addParameters(String text, Map<String, String> parameters) {
        int query = text.indexOf('?');
        if (query < 0) {
            return;
        }
        for (String pair : text.substring(query + 1).split("[&?]", MOST_PARAMETERS)) {
            int equals = pair.indexOf('=');
            String key = decoded(equals < 0 ? pair : pair.substring(0, equals));
            if (!key.isEmpty() && parameters.size() < MOST_PARAMETERS) {
                parameters.putIfAbsent(key, equals < 0 ? "" : decoded(pair.substring(equals + 1)));
            }
        }
    }

    /** Percent-decodes UTF-8; a percent sign that does not start an escape stands for itself. */
    private static String decoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] in = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(in.length);
        for (int i = 0; i < in.length; i++) {
            int high = in[i] == '%' && i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(in[i + 2], 16);
            out.write(low < 0 ? in[i] : high * 16 + low);
            i += low < 0 ? 0 : 2;
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
