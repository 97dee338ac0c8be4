package io.headwater.config;

import io.headwater.access.AccessSettings;
import io.headwater.access.AppAccess;
import io.headwater.access.AppAccess.Way;
import io.headwater.media.StreamKey;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Reads {@code headwater.access} and what {@code headwater.apps} says about who may publish and play. */
final class AccessConfig {
    private static final Map<String, Boolean> FAILS_OPEN = Map.of("refuse", false, "allow", true);
    private static final int LEAST_SECRET = 32;

    private AccessConfig() {}

    static AccessSettings read(Values values) {
        Map<String, AppAccess> apps = new TreeMap<>();
        for (String name : values.at("apps").names()) {
            // a name that is none is refused where the other settings of applications are read
            if (!name.equals("default") && StreamKey.of(name, "x").isPresent()) {
                apps.put(name, app(values.app(name)));
            }
        }
        Values access = values.at("access");
        return new AccessSettings(
                apps,
                app(values.at("apps").at("default")),
                access.duration("webhook-timeout", Duration.ofMillis(50), Duration.ofMinutes(1)),
                access.integer("max-webhook-calls", 1, 10_000),
                access.duration("jwks-refresh", Duration.ofSeconds(10), Duration.ofDays(1)),
                access.duration("jwks-timeout", Duration.ofMillis(50), Duration.ofMinutes(1)));
    }

    private static AppAccess app(Values app) {
        Set<Way> publish = ways(app, "publish-auth", "jwt, hash, token or key");
        Set<Way> play = ways(app, "play-auth", "jwt, hash or token");
        String jwtSecret = app.secret(
                "jwt-secret",
                text -> text.isEmpty() || (text.length() >= LEAST_SECRET && text.length() <= 1024),
                "expected nothing, or at least " + LEAST_SECRET + " characters");
        String jwks = app.text(
                "jwks",
                AccessConfig::isKeySource,
                "expected a file, an https URL, or an http URL of this machine (127.0.0.1, [::1] or localhost), or nothing");
        String hashSecret = app.secret(
                "hash-secret",
                text -> text.isEmpty() || (text.length() >= 8 && text.length() <= 1024),
                "expected nothing, or at least 8 characters");
        for (String key : new String[] {"publish-auth", "play-auth"}) {
            Set<Way> chosen = key.equals("play-auth") ? play : publish;
            if (chosen.contains(Way.JWT) && jwtSecret.isEmpty() && jwks.isEmpty()) {
                app.refuse(key, "expected jwt only beside a jwt-secret or jwks");
            }
            if (chosen.contains(Way.HASH) && hashSecret.isEmpty()) {
                app.refuse(key, "expected hash only beside a hash-secret");
            }
        }
        return new AppAccess(
                publish,
                play,
                jwtSecret,
                jwks,
                hashSecret,
                url(app, "webhook-authenticate-url"),
                url(app, "webhook-play-auth-url"),
                app.choice("webhook-on-failure", FAILS_OPEN));
    }

    /** What comes over plain HTTP anybody on the way may replace, so keys do not, unless nothing is on the way. */
    private static boolean isKeySource(String text) {
        if (text.length() > 2048) {
            return false;
        }
        if (!text.matches("(?i)[a-z][a-z0-9+.-]*://.*")) {
            return true;
        }
        try {
            URI uri = new URI(text);
            String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
            boolean here = host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.[0-9]{1,3}){3}");
            return uri.getHost() != null && (text.startsWith("https://") || (text.startsWith("http://") && here));
        } catch (URISyntaxException none) {
            return false;
        }
    }

    private static Set<Way> ways(Values app, String key, String expected) {
        Set<Way> ways = new HashSet<>();
        boolean play = key.equals("play-auth");
        for (String name : app.list(key, text -> isWay(text, play), "one of " + expected)) {
            ways.add(Way.valueOf(name.toUpperCase(Locale.ROOT)));
        }
        return ways;
    }

    private static boolean isWay(String text, boolean play) {
        return Set.of("jwt", "hash", "token").contains(text) || (!play && text.equals("key"));
    }

    private static Optional<URI> url(Values app, String key) {
        String text = app.text(key, one -> one.isEmpty() || isUrl(one), "expected an http or https URL, or nothing");
        return text.isEmpty() ? Optional.empty() : Optional.of(URI.create(text));
    }

    private static boolean isUrl(String text) {
        try {
            return text.matches("https?://.+") && URI.create(text).getHost() != null;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }
}
