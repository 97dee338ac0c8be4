package io.headwater.gateway.outbound;

import io.headwater.codec.rtmp.RtmpUrl;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * A stream on another server.
 *
 * @param scheme of RTMP or HTTP, with or without TLS, in small letters
 * @param rtmp application and name, for RTMP
 * @param pathAndQuery what is asked for, for HTTP
 */
public record RemoteUrl(String scheme, String host, int port, Optional<RtmpUrl> rtmp, String pathAndQuery) {
    private static final int RTMPS_PORT = 443;

    /** Reads a URL, or nothing if it is none this server can use. */
    public static Optional<RemoteUrl> parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith("rtmp://")) {
            return RtmpUrl.parse(text).map(url -> rtmp("rtmp", url));
        }
        if (lower.startsWith("rtmps://")) {
            String plain = "rtmp" + text.substring("rtmps".length());
            boolean withPort = plain.matches("rtmp://(\\[[^\\]]*]|[^/:]+):\\d+/.*");
            return RtmpUrl.parse(plain)
                    .map(url -> withPort ? url : new RtmpUrl(url.host(), RTMPS_PORT, url.app(), url.name()))
                    .map(url -> rtmp("rtmps", url));
        }
        return lower.startsWith("http://") || lower.startsWith("https://") ? http(text) : Optional.empty();
    }

    private static RemoteUrl rtmp(String scheme, RtmpUrl url) {
        return new RemoteUrl(scheme, url.host(), url.port(), Optional.of(url), "");
    }

    private static Optional<RemoteUrl> http(String text) {
        try {
            URI uri = new URI(text);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            String host = uri.getHost();
            if (host == null) {
                return Optional.empty();
            }
            int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
            String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
            String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
            String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
            return Optional.of(new RemoteUrl(scheme, bare, port, Optional.empty(), path + query));
        } catch (URISyntaxException malformed) {
            return Optional.empty();
        }
    }

    boolean encrypted() {
        return scheme.equals("rtmps") || scheme.equals("https");
    }

    /** {@code host:port}: what may be logged, since the rest is often secret. */
    public String place() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
