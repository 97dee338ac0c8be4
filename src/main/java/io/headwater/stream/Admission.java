package io.headwater.stream;

import io.headwater.media.StreamKey;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Who may publish and play. Every gateway asks before it touches a stream; the answer is found on this node, without the
 * stream's origin.
 */
public interface Admission {
    /** Everybody may do everything. */
    Admission OPEN = new Admission() {
        @Override
        public CompletionStage<Decision> ask(Request request) {
            return CompletableFuture.completedFuture(new Decision.Allowed(request.key(), Pass.LASTING));
        }

        @Override
        public boolean isOpen(Action action, String app) {
            return true;
        }
    };

    /** Never blocks and never fails: a refusal is an answer. Completes at once where nobody else has to be asked. */
    CompletionStage<Decision> ask(Request request);

    /** Whether everybody may, whatever they bring, so that nothing is gained by asking about every small piece. */
    default boolean isOpen(Action action, String app) {
        return false;
    }

    /**
     * What a client brought that came over TLS: taken for one that was sent before, so that it is not sent on. Of other nodes
     * the plain ports are known, and what it brings is not to be read on the way.
     */
    static Map<String, String> overTls(Map<String, String> credentials) {
        Map<String, String> brought = new LinkedHashMap<>(credentials);
        brought.put(REDIRECTED, "1");
        return brought;
    }

    /** What somebody wants to do with a stream. */
    enum Action {
        PUBLISH,
        PLAY
    }

    /**
     * What a client asks for.
     *
     * @param key the stream as the client named it; for a publisher it may be a secret, so it is shown to nobody before
     *     {@link Decision.Allowed#key} is known
     * @param peer who asks, and over which protocol
     * @param credentials the query's parameters, decoded; a bearer token is {@code token}. Secrets: never logged
     */
    record Request(Action action, StreamKey key, Streams.PeerInfo peer, Map<String, String> credentials) {
        public Request {
            credentials = Collections.unmodifiableMap(new LinkedHashMap<>(credentials));
        }

        /** Without what the client knows and nobody else should. */
        @Override
        public String toString() {
            return action + " from " + peer.protocol() + " " + peer.address();
        }
    }

    /** The answer. */
    sealed interface Decision {
        /**
         * @param key the stream that is meant, to go on with: a publisher's secret name stands for another one
         * @param pass to be closed when the session is over
         */
        record Allowed(StreamKey key, Pass pass) implements Decision {}

        /** @param reason one line for the client and the log, without secrets */
        record Refused(String reason) implements Decision {}

        /**
         * Another node serves the player better; only said to those that can be sent there, and once to each.
         *
         * @param reason one line for the client and the log
         */
        record Elsewhere(Place place, String reason) implements Decision {}
    }

    /** The query parameter of an address that a player was sent to: it is not sent on. */
    String REDIRECTED = "redirected";

    /**
     * Where a node takes players; a port is 0 if it does not.
     *
     * @param host as players reach it
     */
    record Place(String host, int rtmpPort, int livePort, int httpPort) {
        public String rtmp() {
            return at(rtmpPort);
        }

        public String live() {
            return at(livePort);
        }

        public String http() {
            return at(httpPort);
        }

        /**
         * The path and query of a client that is sent on: what it brought, and that it was sent.
         *
         * @param path of the stream as the client's protocol has it, with a slash before it
         */
        public static String sentOn(String path, Map<String, String> credentials) {
            StringBuilder address = new StringBuilder(path).append('?');
            credentials.forEach((name, value) -> {
                if (!name.equals(REDIRECTED)) {
                    address.append(encoded(name))
                            .append('=')
                            .append(encoded(value))
                            .append('&');
                }
            });
            return address.append(REDIRECTED).append("=1").toString();
        }

        private static String encoded(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
        }

        private String at(int port) {
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        }
    }

    /** A session's permission while it lasts. Any thread. */
    interface Pass extends AutoCloseable {
        /** One that does not end. */
        Pass LASTING = new Pass() {
            @Override
            public void onEnd(Consumer<String> told) {}

            @Override
            public void close() {}
        };

        /**
         * Tells the session once that it must end, with the reason, when the permission expires or is revoked; at once if
         * that has happened already. Not after {@link #close}.
         */
        void onEnd(Consumer<String> told);

        /** The session is over by itself. Idempotent. */
        @Override
        void close();
    }
}
