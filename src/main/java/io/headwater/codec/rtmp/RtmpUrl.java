package io.headwater.codec.rtmp;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a client connects and what it asks for: {@code rtmp://host[:port]/app/name[?query]}.
 *
 * @param host without the brackets of an IPv6 address
 * @param name the stream's name with its query, as {@code publish} and {@code play} carry it
 */
public record RtmpUrl(String host, int port, String app, String name) {
    public static final int DEFAULT_PORT = 1935;
    private static final Pattern FORM =
            Pattern.compile("rtmp://(?:\\[([0-9A-Fa-f:.%]+)]|([^/:\\[\\]]+))(?::(\\d{1,5}))?/([^/?]+)/(.+)");

    /** Reads a URL, or nothing if it has another form. */
    public static Optional<RtmpUrl> parse(String text) {
        Matcher url = FORM.matcher(text);
        if (!url.matches()) {
            return Optional.empty();
        }
        String host = url.group(1) == null ? url.group(2) : url.group(1);
        int port = url.group(3) == null ? DEFAULT_PORT : Integer.parseInt(url.group(3));
        return port < 1 || port > 65_535
                ? Optional.empty()
                : Optional.of(new RtmpUrl(host, port, url.group(4), url.group(5)));
    }

    /** The URL without the stream, as {@code connect} carries it. */
    public String tcUrl() {
        return "rtmp://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port + "/" + app;
    }

    @Override
    public String toString() {
        return tcUrl() + "/" + name;
    }
}
