package io.headwater;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.codec.rtmp.RtmpUrl;
import io.headwater.config.Home;
import io.headwater.config.NodeConfig;
import io.headwater.config.Sources;
import io.headwater.demo.Clip;
import io.headwater.demo.ClipPublisher;
import io.headwater.gateway.outbound.FlvPull;
import io.headwater.gateway.outbound.RemoteListener;
import io.headwater.gateway.outbound.RemoteTrust;
import io.headwater.gateway.outbound.RemoteUrl;
import io.headwater.gateway.outbound.RtmpPull;
import io.headwater.media.StreamKey;
import io.headwater.net.EventLoops;
import io.headwater.net.TestCertificates;
import io.headwater.stream.HubSnapshot;
import io.headwater.stream.Streams;
import io.headwater.stream.SubscribeRequest;
import io.headwater.stream.Subscriber;
import io.headwater.stream.Subscription;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose sources are behind TLS: its own ports, whose certificate an authority of one's own has signed. */
class SourcesOverTlsTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private JsonNode ports;

    @Test
    void sourcesAreFetchedOverRtmpsAndHttpsFromAServerOfAnAuthorityThatIsTrusted() throws Exception {
        try (Home home = Home.open(folder.resolve("home"));
                Node node = Node.start(config(home, TestCertificates.file("ca.pem")))) {
            int http = Integer.parseInt(node.toString().replaceAll("(?s).* http=([0-9]+).*", "$1"));
            awaited("the node is ready", () -> get(http, "/rest/v2/readiness").statusCode() == 200);
            ports = json(get(http, "/rest/v2/node")).path("ports");
            RtmpUrl url = RtmpUrl.parse("rtmp://127.0.0.1:" + port("rtmp") + "/live/original")
                    .orElseThrow();
            try (ClipPublisher publisher = ClipPublisher.start(Clip.load(), url)) {
                awaited("it is published", () -> publisher.pictures() > 0);
                fetched(http, "rtmps", rtmps());
                fetched(http, "https", https());
                refusedWithOneError();
            }
        }
    }

    @Test
    void aFileOfAuthoritiesThatCannotBeUsedIsNamed() throws Exception {
        Path none = folder.resolve("none.pem");
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        Path strange = Files.writeString(folder.resolve("strange.pem"), "-----BEGIN CERTIFICATE-----\nno\n");
        for (Path file : List.of(none, empty, strange)) {
            IOException refused = assertThrows(IOException.class, () -> RemoteTrust.of(Optional.of(file)));
            assertTrue(refused.getMessage().startsWith("headwater.remote.authority: " + file), refused.getMessage());
        }
    }

    private String rtmps() {
        return "rtmps://127.0.0.1:" + port("rtmps") + "/live/original";
    }

    private String https() {
        return "https://127.0.0.1:" + port("live-tls") + "/live/original.flv";
    }

    private static void fetched(int http, String id, String url) throws Exception {
        String source = "{\"streamId\":\"" + id + "\",\"type\":\"streamSource\",\"streamUrl\":\"" + url + "\"}";
        HttpResponse<String> made = CLIENT.send(
                request(http, "/pull/rest/v2/broadcasts/create?autoStart=true")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(source))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(200, made.statusCode(), made.body());
        awaited(url + " flows", () -> {
            JsonNode one = json(get(http, "/pull/rest/v2/broadcasts/" + id));
            return one.path("status").asText().equals("broadcasting");
        });
        awaited(url + " has pictures", () -> {
            for (JsonNode stream : json(get(http, "/rest/v2/node")).path("streams")) {
                if (stream.path("app").asText().equals("pull")
                        && stream.path("streamId").asText().equals(id)) {
                    return stream.path("framesIn").asLong() > 25;
                }
            }
            return false;
        });
    }

    /** Whose authority is not trusted is not connected to, and that is said once. */
    private void refusedWithOneError() throws Exception {
        EventLoops loops = EventLoops.start(1);
        try {
            RemoteTrust runtime = RemoteTrust.of(Optional.empty());
            StreamKey key = new StreamKey("pull", "x");
            for (String url : List.of(rtmps(), https())) {
                BlockingQueue<String> said = new LinkedBlockingQueue<>();
                RemoteListener listener = new RemoteListener() {
                    @Override
                    public void started() {
                        said.add("started");
                    }

                    @Override
                    public void ended(String why) {
                        said.add(why);
                    }
                };
                RemoteUrl parsed = RemoteUrl.parse(url).orElseThrow();
                Runnable end = parsed.rtmp().isPresent()
                        ? RtmpPull.start(loops, runtime, parsed, new Nothing(), key, listener)::close
                        : FlvPull.start(loops, runtime, parsed, new Nothing(), key, listener)::close;
                assertEquals(
                        parsed.place() + ": its certificate is refused: "
                                + "unable to find valid certification path to requested target",
                        said.poll(LIMIT.toSeconds(), TimeUnit.SECONDS));
                end.run();
                loops.next().submit(() -> {}).get(30, TimeUnit.SECONDS); // what was still to be said is said
                assertEquals(List.of(), List.copyOf(said));
            }
        } finally {
            loops.close();
        }
    }

    private int port(String name) {
        return ports.path(name).asInt();
    }

    private NodeConfig config(Home home, Path authority) {
        Map<String, String> keys = new HashMap<>(Map.of("headwater.bind-host", "127.0.0.1"));
        for (String part : List.of("rtmp", "live", "http", "relay", "cluster")) {
            keys.put("headwater." + part + ".port", "0");
        }
        for (String part : List.of("rtmps", "live", "https")) {
            keys.put("headwater.tls." + part + "-port", "0");
        }
        keys.put("headwater.tls.certificate", TestCertificates.file("first.pem").toString());
        keys.put("headwater.tls.key", TestCertificates.file("first.key").toString());
        keys.put("headwater.remote.authority", authority.toString());
        return NodeConfig.load(new Sources(Optional.empty(), folder.resolve("red5.properties"), Map.of(), keys), home);
    }

    private static void awaited(String what, Callable<Boolean> condition) throws Exception {
        long until = System.nanoTime() + LIMIT.toNanos();
        while (!condition.call()) {
            assertTrue(System.nanoTime() < until, () -> "not in time: " + what);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(LIMIT);
    }

    private static HttpResponse<String> get(int port, String path) throws Exception {
        return CLIENT.send(request(port, path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        assertEquals(200, answer.statusCode(), answer.body());
        return new ObjectMapper().readTree(answer.body());
    }

    /** Nobody gets so far. */
    private static final class Nothing implements Streams {
        @Override
        public CompletionStage<PublishAnswer> publish(
                StreamKey key, PeerInfo publisher, PublisherRole role, PublisherControl control) {
            throw new AssertionError("published");
        }

        @Override
        public Subscription subscribe(
                StreamKey key, SubscribeRequest request, Executor executor, Subscriber subscriber) {
            throw new AssertionError("subscribed");
        }

        @Override
        public Optional<HubSnapshot> snapshot(StreamKey key) {
            return Optional.empty();
        }

        @Override
        public List<HubSnapshot> snapshots(int limit) {
            return List.of();
        }
    }
}
