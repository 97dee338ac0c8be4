package io.headwater.gateway.hls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.codec.hls.NumberBase;
import io.headwater.media.StreamKey;
import io.headwater.net.AddressLimits;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Admission;
import io.headwater.stream.Sessions;
import io.headwater.stream.Subscriber;
import io.headwater.topology.Feed;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.RemoteAddress;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class HlsServerTest {
    private static final String MEDIA = "/live/streams/s/media.m3u8";

    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final Counters counters = new Counters();
    private final FakeMarkedStream stream = new FakeMarkedStream(loop);
    private final HlsServer server = server(Admission.OPEN);

    private HlsServer server(Admission admission) {
        return server(admission, request -> Optional.empty());
    }

    private HlsServer server(
            Admission admission, Function<Admission.Request, Optional<Admission.Decision.Elsewhere>> placement) {
        HlsSettings settings =
                new HlsSettings("*", 100, 2, 10, 8, 4, 1L << 30, 100, Map.of("other", app(false)), app(true));
        return new HlsServer(
                settings,
                AddressLimits.none(counters),
                stream,
                admission,
                placement,
                counters,
                () -> loop,
                Runnable::run);
    }

    private static HlsSettings.App app(boolean mpegTs) {
        return new HlsSettings.App(true, true, mpegTs, 4, 64L << 20, true, Duration.ofSeconds(30));
    }

    @AfterEach
    void stop() {
        server.close();
        loop.shutdownNow();
    }

    private CompletableFuture<HttpResponse> asks(HttpRequest request) {
        return server.handle(request).orElseThrow().toCompletableFuture();
    }

    private HttpResponse get(String path) throws Exception {
        return asks(HttpRequest.GET(path)).get(60, TimeUnit.SECONDS);
    }

    private static String text(HttpResponse response) {
        return ((HttpEntity.Strict) response.entity()).getData().utf8String();
    }

    private static String header(HttpResponse response, String name) {
        return response.getHeader(name).map(HttpHeader::value).orElse("");
    }

    /** Somebody asks, so that the stream is packaged, and two segments and a part are there. */
    private String running() throws Exception {
        CompletableFuture<HttpResponse> first = asks(HttpRequest.GET(MEDIA));
        stream.seconds(1, 4.5, new NumberBase(100, 7));
        return text(first.get(60, TimeUnit.SECONDS));
    }

    @Test
    void whatIsNoHlsIsLeftToOthersAndNothingIsPackagedUnasked() {
        assertTrue(server.handle(HttpRequest.GET("/rest/v2/node")).isEmpty());
        assertTrue(server.handle(HttpRequest.GET("/live/streams/s.mpd")).isEmpty());
        assertTrue(server.handle(HttpRequest.GET("/live/streams/.m3u8")).isEmpty());
        assertEquals(0, stream.subscribed());
        assertEquals(0, counters.get(Metric.HLS_STREAMS_STARTED));
    }

    @Test
    void aPlaylistNumbersItsSegmentsFromTheBaseOfTheEpoch() throws Exception {
        running();
        String playlist = text(get(MEDIA));
        assertTrue(playlist.contains("#EXT-X-MEDIA-SEQUENCE:100\n"), playlist);
        assertTrue(playlist.contains("#EXT-X-DISCONTINUITY-SEQUENCE:7\n"), playlist);
        assertTrue(playlist.contains("\n1/0.m4s\n") && playlist.contains("\n1/1.m4s\n"), playlist);
        assertTrue(playlist.contains("1/2.0.m4s"), playlist);
        String multivariant = text(get("/live/streams/s.m3u8?token=a%26b"));
        assertTrue(multivariant.contains("\ns/media.m3u8?token=a%26b&s="), multivariant);
        assertTrue(multivariant.contains(",RESOLUTION=640x360,FRAME-RATE=25.000\n"), multivariant);
    }

    @Test
    void whoBeginsToWatchAtANodeThatHasEnoughIsSentOnAndWhoWatchesStays() throws Exception {
        Admission.Place other = new Admission.Place("10.0.0.2", 1935, 8080, 5080);
        try (HlsServer full = server(
                Admission.OPEN,
                request -> request.credentials().containsKey(Admission.REDIRECTED)
                        ? Optional.empty()
                        : Optional.of(new Admission.Decision.Elsewhere(other, "this node has enough")))) {
            HttpResponse sent = full.handle(HttpRequest.GET("/live/streams/s.m3u8?token=a%26b&container=ts"))
                    .orElseThrow()
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
            assertEquals(307, sent.status().intValue());
            assertEquals(
                    "http://10.0.0.2:5080/live/streams/s.m3u8?token=a%26b&container=ts&redirected=1",
                    header(sent, "Location"));
            assertEquals("*", header(sent, "Access-Control-Allow-Origin"));
            assertEquals("no-store", header(sent, "Cache-Control"));
            assertEquals(0, stream.subscribed());
            var stays = List.of(
                    HttpRequest.GET("/live/streams/s.m3u8?redirected=1"),
                    HttpRequest.GET("https://node/live/streams/s.m3u8"),
                    HttpRequest.GET("/live/streams/s.m3u8").addHeader(RawHeader.create("Authorization", "Bearer x")),
                    HttpRequest.GET(MEDIA));
            for (HttpRequest request : stays) {
                var answer = full.handle(request).orElseThrow().toCompletableFuture();
                stream.seconds(1, 4.5, new NumberBase(100, 7));
                assertEquals(200, answer.get(60, TimeUnit.SECONDS).status().intValue(), request.toString());
            }
        }
    }

    @Test
    void aReloadWaitsForItsPartAndAHintForItsFile() throws Exception {
        String playlist = running();
        String hint = playlist.substring(playlist.indexOf("PRELOAD-HINT"));
        String uri = hint.substring(hint.indexOf("URI=\"") + 5, hint.indexOf("\"", hint.indexOf("URI=\"") + 5));
        String part = uri.substring(uri.indexOf('.') + 1, uri.lastIndexOf('.'));
        var reload = asks(HttpRequest.GET(MEDIA + "?_HLS_msn=102&_HLS_part=" + part));
        var file = asks(HttpRequest.GET("/live/streams/s/" + uri));
        assertFalse(reload.isDone() || file.isDone());
        assertEquals(2, server.usage().blocked());
        assertEquals(503, get(MEDIA + "?_HLS_msn=103").status().intValue(), "two may wait for a stream");
        stream.seconds(1, 0.5, new NumberBase(100, 7));
        assertTrue(text(reload.get(60, TimeUnit.SECONDS)).contains("URI=\"" + uri + "\""));
        assertEquals(200, file.get(60, TimeUnit.SECONDS).status().intValue());
        assertEquals(0, server.usage().blocked());
    }

    @Test
    void directivesThatCannotBeAreRefused() throws Exception {
        running();
        assertEquals(400, get(MEDIA + "?_HLS_part=0").status().intValue());
        assertEquals(400, get(MEDIA + "?_HLS_msn=105").status().intValue());
        assertEquals(400, get(MEDIA + "?_HLS_msn=102&_HLS_part=60").status().intValue());
        assertEquals(400, get(MEDIA + "?_HLS_msn=x").status().intValue());
        assertEquals(404, get("/live/streams/s/1/9.m4s").status().intValue());
        assertEquals(404, get("/live/streams/s/1/../secret").status().intValue());
    }

    @Test
    void transportStreamsHavePlaylistsOfTheirOwn() throws Exception {
        CompletableFuture<HttpResponse> first = asks(HttpRequest.GET("/live/streams/s.m3u8?container=ts&token=a"));
        stream.seconds(1, 4.5, new NumberBase(100, 7));
        String multivariant = text(first.get(60, TimeUnit.SECONDS));
        assertTrue(multivariant.startsWith("#EXTM3U\n#EXT-X-VERSION:3\n"), multivariant);
        assertTrue(multivariant.contains("\ns/ts.m3u8?token=a&s="), multivariant);
        String playlist = text(get("/live/streams/s/ts.m3u8"));
        assertTrue(playlist.startsWith("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n"), playlist);
        assertTrue(playlist.contains("#EXT-X-MEDIA-SEQUENCE:100\n"), playlist);
        assertTrue(playlist.contains("\n1/0.ts\n") && playlist.contains("\n1/1.ts\n"), playlist);
        assertFalse(playlist.contains("MAP") || playlist.contains("PART") || playlist.contains("CONTROL"), playlist);
        HttpResponse segment = get("/live/streams/s/1/1.ts");
        assertEquals("video/mp2t", segment.entity().getContentType().toString());
        assertEquals(0, ((HttpEntity.Strict) segment.entity()).getData().size() % 188);
        stream.seconds(2, 4.5, new NumberBase(103, 8));
        String after = text(get("/live/streams/s/ts.m3u8"));
        assertTrue(after.contains("\n1/2-1.ts\n#EXT-X-DISCONTINUITY\n"), after);
        assertEquals(200, get("/live/streams/s/1/2-1.ts").status().intValue());
        assertEquals(404, get("/live/streams/s/1/2-2.ts").status().intValue());
        assertEquals(404, get("/live/streams/s/1/2.ts").status().intValue());
        assertEquals(400, get("/live/streams/s.m3u8?container=webm").status().intValue());
    }

    @Test
    void vlcThreeIsGivenTransportStreamsBecauseItEndsAtADiscontinuityOfFragments() throws Exception {
        CompletableFuture<HttpResponse> first = asks(vlc("/live/streams/s.m3u8"));
        stream.seconds(1, 4.5, new NumberBase(100, 7));
        assertTrue(text(first.get(60, TimeUnit.SECONDS)).contains("\ns/ts.m3u8?s="));
        assertFalse(asks(vlc("/live/streams/s.m3u8?container=fmp4")).isDone(), "fragments are packaged from now on");
        assertFalse(asks(HttpRequest.GET("/live/streams/s.m3u8")).isDone(), "others are given fragments");
    }

    @Test
    void vlcThreeIsGivenFragmentsWhereTransportStreamsWouldLackTheSound() throws Exception {
        stream.withSound();
        CompletableFuture<HttpResponse> answer = asks(vlc("/live/streams/s.m3u8"));
        stream.seconds(1, 4.5, new NumberBase(100, 7));
        assertFalse(answer.isDone(), "fragments are packaged from now on");
        assertEquals(2, counters.get(Metric.HLS_STREAMS_STARTED));
    }

    @Test
    void vlcThreeIsGivenFragmentsThatAreThereWhereNoOtherStreamHasRoom() throws Exception {
        HlsSettings full = new HlsSettings("*", 100, 2, 1, 8, 4, 1L << 30, 100, Map.of(), app(true));
        HlsServer small = new HlsServer(
                full,
                AddressLimits.none(counters),
                stream,
                Admission.OPEN,
                request -> Optional.empty(),
                counters,
                () -> loop,
                Runnable::run);
        CompletableFuture<HttpResponse> first = small.handle(HttpRequest.GET("/live/streams/s.m3u8"))
                .orElseThrow()
                .toCompletableFuture();
        stream.seconds(1, 4.5, new NumberBase(100, 7));
        assertTrue(text(first.get(60, TimeUnit.SECONDS)).contains("\ns/media.m3u8?s="));
        HttpResponse answer = small.handle(vlc("/live/streams/s.m3u8"))
                .orElseThrow()
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        assertEquals(200, answer.status().intValue(), text(answer));
        assertTrue(text(answer).contains("\ns/media.m3u8?s="), text(answer));
        assertEquals(0, counters.get(Metric.HLS_STREAMS_REFUSED));
        HttpResponse asked = small.handle(HttpRequest.GET("/live/streams/s.m3u8?container=ts"))
                .orElseThrow()
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        assertEquals(503, asked.status().intValue(), "who says so gets nothing else");
        assertEquals(1, counters.get(Metric.HLS_STREAMS_REFUSED));
        small.close();
    }

    private static HttpRequest vlc(String path) {
        return HttpRequest.GET(path).addHeader(RawHeader.create("User-Agent", "VLC/3.0.24 LibVLC/3.0.24"));
    }

    @Test
    void transportStreamsAreServedWhereTheyAreSwitchedOn() throws Exception {
        HttpResponse answer = get("/other/streams/s/ts.m3u8");
        assertEquals(404, answer.status().intValue());
        assertTrue(text(answer).contains("headwater.apps.other.hls.mpeg-ts is off"), text(answer));
        assertEquals(404, get("/other/streams/s/1/1.ts").status().intValue());
        assertEquals(0, stream.subscribed());
    }

    @Test
    void aFileIsServedInRangesAndForEver() throws Exception {
        running();
        HttpResponse whole = get("/live/streams/s/1/0.m4s");
        int length = ((HttpEntity.Strict) whole.entity()).getData().size();
        assertEquals("public, max-age=31536000, immutable", header(whole, "Cache-Control"));
        HttpRequest some = HttpRequest.GET("/live/streams/s/1/0.m4s").addHeader(RawHeader.create("Range", "bytes=4-7"));
        HttpResponse part = asks(some).get(60, TimeUnit.SECONDS);
        assertEquals(206, part.status().intValue());
        assertEquals("bytes 4-7/" + length, header(part, "Content-Range"));
        assertEquals("styp", text(part));
        HttpRequest beyond = HttpRequest.GET("/live/streams/s/1/0.m4s")
                .addHeader(RawHeader.create("Range", "bytes=" + length + "-"));
        assertEquals(416, asks(beyond).get(60, TimeUnit.SECONDS).status().intValue());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            gzip              | gzip
            br, GZIP;q=0.5    | gzip
            gzip;q=0          |
            gzip; q=0.000, br |
            x-gzip2           |
            """)
    void aPlaylistIsCompressedForWhoTakesIt(String accepted, String encoding) throws Exception {
        running();
        HttpResponse answer = asks(HttpRequest.GET(MEDIA).addHeader(RawHeader.create("Accept-Encoding", accepted)))
                .get(60, TimeUnit.SECONDS);
        assertEquals(encoding == null ? "" : encoding, header(answer, "Content-Encoding"));
        assertEquals("Accept-Encoding", header(answer, "Vary"));
    }

    @Test
    void anotherEpochIsADiscontinuityAndNumbersGoOn() throws Exception {
        running();
        stream.seconds(2, 4.5, new NumberBase(103, 8));
        String playlist = text(get(MEDIA));
        assertTrue(playlist.contains("#EXT-X-MEDIA-SEQUENCE:101\n"), playlist);
        assertTrue(playlist.contains("#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"2/init-0.mp4\""), playlist);
        assertEquals(1, playlist.lines().filter("#EXT-X-DISCONTINUITY"::equals).count(), playlist);
        stream.ends(new Subscriber.End.NoFeed(Feed.Reason.ENDED));
        assertTrue(text(get(MEDIA + "?_HLS_msn=200")).endsWith("#EXT-X-ENDLIST\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"m4s", "ts"})
    void theFileOfAGapIsEmptyForPlayersThatDoNotKnowWhatAGapIs(String ending) throws Exception {
        String name = ending.equals("ts") ? "/live/streams/s/ts.m3u8" : MEDIA;
        CompletableFuture<HttpResponse> first = asks(HttpRequest.GET(name));
        // the third segment has begun, and no part of it is complete
        stream.seconds(1, 4.2, new NumberBase(100, 7));
        first.get(60, TimeUnit.SECONDS);
        stream.seconds(2, 4.5, new NumberBase(103, 8));
        String playlist = text(get(name));
        assertTrue(
                Pattern.compile("\n#EXT-X-GAP\n#EXTINF:2.000000,\n1/2-0." + ending + "\n#EXT-X-DISCONTINUITY\n")
                        .matcher(playlist)
                        .find(),
                playlist);
        HttpRequest fromTheStart =
                HttpRequest.GET("/live/streams/s/1/2-0." + ending).addHeader(RawHeader.create("Range", "bytes=0-"));
        HttpResponse gap = asks(fromTheStart).get(60, TimeUnit.SECONDS);
        assertEquals(200, gap.status().intValue());
        assertEquals("", text(gap));
        assertEquals(404, get("/live/streams/s/1/2." + ending).status().intValue());
    }

    @Test
    void numbersThatAreTooFarAwayLetGoOfWhatWasBeforeAndLowerOnesAreNotListed() throws Exception {
        running();
        String told = "/live/streams/s/"
                + text(get(MEDIA))
                        .lines()
                        .filter(line -> line.endsWith(".m4s"))
                        .findFirst()
                        .orElseThrow();
        stream.seconds(2, 4.5, new NumberBase(500, 60));
        String jumped = text(get(MEDIA));
        assertTrue(jumped.contains("#EXT-X-MEDIA-SEQUENCE:500\n"), jumped);
        assertEquals(1, counters.get(Metric.HLS_WINDOWS_DROPPED));
        assertEquals(200, get(told).status().intValue(), "who was told of it before the jump is given it");
        stream.seconds(2, 4.5, new NumberBase(500, 60));
        assertEquals(404, get(told).status().intValue(), "but not for long");
        stream.seconds(3, 2.5, new NumberBase(400, 61));
        assertTrue(text(get(MEDIA)).contains("#EXT-X-MEDIA-SEQUENCE:501\n"), text(get(MEDIA)));
        assertEquals(1, counters.get(Metric.HLS_SEGMENTS_LATE));
    }

    @Test
    void aStreamNobodyPublishesIsNotFound() throws Exception {
        CompletableFuture<HttpResponse> asked = asks(HttpRequest.GET("/live/streams/s.m3u8"));
        stream.ends(new Subscriber.End.NoFeed(Feed.Reason.NOT_PUBLISHED));
        HttpResponse answer = asked.get(60, TimeUnit.SECONDS);
        assertEquals(404, answer.status().intValue());
        assertTrue(text(answer).contains("nobody publishes live/s"));
        assertEquals(0, server.usage().streams());
    }

    @Test
    void namesThatNobodyPublishesHoldNoPlaceOfThoseThatAreLive() throws Exception {
        List<CompletableFuture<HttpResponse>> madeUp = IntStream.range(0, 20)
                .mapToObj(i -> asks(
                        from(1, i % 2 == 0 ? "/live/streams/x" + i + ".m3u8" : "/live/streams/x" + i + "/1/0.m4s")))
                .toList();
        CompletableFuture<HttpResponse> viewer = asks(from(2, MEDIA));
        stream.seconds(1, 4.5, new NumberBase(100, 7));
        assertEquals(200, viewer.get(60, TimeUnit.SECONDS).status().intValue(), () -> text(viewer.join()));
        assertEquals(4, madeUp.stream().filter(answer -> !answer.isDone()).count(), "one address waits for four");
        HttpResponse refused = madeUp.get(19).get(60, TimeUnit.SECONDS);
        assertEquals(503, refused.status().intValue());
        assertTrue(text(refused).contains("looks for too many other streams"), text(refused));
        assertEquals(16, counters.get(Metric.HLS_CONNECTING_REFUSED));
        for (int file : new int[] {1, 3}) {
            assertEquals(
                    404, madeUp.get(file).get(60, TimeUnit.SECONDS).status().intValue());
        }
        assertFalse(madeUp.get(0).isDone(), "files are not waited for as long as playlists");
        while (server.usage().streams() > 3) {
            Thread.onSpinWait();
        }
        assertFalse(asks(from(1, "/live/streams/y.m3u8")).isDone(), "it may look again");
    }

    @Test
    void moreThanMayBePackagedAreNotServedHoweverManyWereLookedForAtOnce() throws Exception {
        HlsSettings one = new HlsSettings("*", 100, 2, 1, 8, 4, 1L << 30, 100, Map.of(), app(true));
        FakeMarkedStream second = new FakeMarkedStream(loop);
        HlsServer small = new HlsServer(
                one,
                AddressLimits.none(counters),
                second,
                Admission.OPEN,
                request -> Optional.empty(),
                counters,
                () -> loop,
                Runnable::run);
        CompletableFuture<HttpResponse> fragments =
                small.handle(HttpRequest.GET(MEDIA)).orElseThrow().toCompletableFuture();
        CompletableFuture<HttpResponse> transport = small.handle(HttpRequest.GET("/live/streams/s/ts.m3u8"))
                .orElseThrow()
                .toCompletableFuture();
        second.seconds(1, 4.5, new NumberBase(100, 7));
        assertEquals(200, fragments.get(60, TimeUnit.SECONDS).status().intValue());
        second.toNewest();
        second.seconds(2, 4.5, new NumberBase(103, 8));
        HttpResponse refused = transport.get(60, TimeUnit.SECONDS);
        assertEquals(503, refused.status().intValue());
        assertEquals(1, counters.get(Metric.HLS_STREAMS_REFUSED));
        assertEquals(1, small.usage().streams());
        small.close();
    }

    private static HttpRequest from(int host, String path) {
        try {
            return HttpRequest.GET(path)
                    .addAttribute(
                            AttributeKeys.remoteAddress,
                            RemoteAddress.create(InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) host})));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void viewersAreToldApartByTheirIdAndCountedOnTheHub() throws Exception {
        running();
        get(MEDIA + "?s=AAAAAAAAAAA&_HLS_msn=101&_HLS_part=0");
        get(MEDIA + "?s=BBBBBBBBBBB");
        get(MEDIA + "?s=CCCCCCCCCCC&_HLS_msn=101&_HLS_part=1");
        get(MEDIA + "?s=BBBBBBBBBBB");
        get(MEDIA + "?s=not-an-id");
        while (stream.viewers() != 2) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aSessionThatWasEndedGetsNoFurtherPlaylistAndOthersDo() throws Exception {
        running();
        StreamKey key = new StreamKey("live", "s");
        assertEquals(200, get(MEDIA + "?s=AAAAAAAAAAA").status().intValue());
        assertEquals("AAAAAAAAAAA", server.sessions().of(key).get(0).id());
        assertEquals(1, server.sessions().end(key, Optional.of("AAAAAAAAAAA")));
        HttpResponse refused = get(MEDIA + "?s=AAAAAAAAAAA");
        assertEquals(403, refused.status().intValue());
        assertTrue(text(refused).contains(Sessions.ENDED), text(refused));
        assertEquals(200, get(MEDIA + "?s=BBBBBBBBBBB").status().intValue());
        assertEquals(1, server.sessions().of(key).size());
    }

    @Test
    void filesOfAStreamThatIsNotForEverybodyAreAskedForWithTheToken() throws Exception {
        HlsServer guarded = server(request -> CompletableFuture.completedFuture(
                "good".equals(request.credentials().get("token"))
                        ? new Admission.Decision.Allowed(request.key(), Admission.Pass.LASTING)
                        : new Admission.Decision.Refused("no token")));
        CompletableFuture<HttpResponse> first = guarded.handle(HttpRequest.GET(MEDIA + "?token=good&s=AAAAAAAAAAA"))
                .orElseThrow()
                .toCompletableFuture();
        stream.seconds(1, 4.5, new NumberBase(100, 7));
        String playlist = text(first.get(60, TimeUnit.SECONDS));
        assertTrue(playlist.contains("\n1/1.m4s?token=good\n"), playlist);
        assertTrue(playlist.contains("URI=\"1/init-0.mp4?token=good\""), playlist);
        for (String query : List.of("", "?token=bad", "?token=good")) {
            HttpResponse file = guarded.handle(HttpRequest.GET("/live/streams/s/1/1.m4s" + query))
                    .orElseThrow()
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
            assertEquals(query.endsWith("good") ? 200 : 403, file.status().intValue(), query);
        }
        assertNotForOthers(guarded, "/live/streams/s/1/1.m4s", "private, max-age=60", "Authorization");
        assertNotForOthers(guarded, "/live/streams/s/1/init-0.mp4", "private, max-age=60", "Authorization");
        assertNotForOthers(guarded, "/live/streams/s/1/2.0.m4s", "private, max-age=60", "Authorization");
        assertNotForOthers(guarded, MEDIA, "no-store", "Accept-Encoding");
        guarded.close();
    }

    @Test
    void aReloadThatWaitsIsRefusedWhenThePermissionEnds() throws Exception {
        List<Consumer<String>> told = new CopyOnWriteArrayList<>();
        AtomicInteger closed = new AtomicInteger();
        HlsServer guarded = server(request ->
                CompletableFuture.completedFuture(new Admission.Decision.Allowed(request.key(), new Admission.Pass() {
                    @Override
                    public void onEnd(Consumer<String> listener) {
                        told.add(listener);
                    }

                    @Override
                    public void close() {
                        closed.incrementAndGet();
                    }
                })));
        CompletableFuture<HttpResponse> first = media(guarded, "");
        stream.seconds(1, 4.5, new NumberBase(100, 7));
        assertEquals(200, first.get(60, TimeUnit.SECONDS).status().intValue());
        assertEquals(200, media(guarded, "").get(60, TimeUnit.SECONDS).status().intValue());
        assertEquals(2, closed.get(), "whose answers are given");
        told.clear();
        CompletableFuture<HttpResponse> waits = media(guarded, "?_HLS_msn=103");
        assertFalse(waits.isDone());
        told.remove(0).accept("the permission has expired");
        HttpResponse refused = waits.get(60, TimeUnit.SECONDS);
        assertEquals(403, refused.status().intValue());
        assertTrue(text(refused).contains("the permission has expired"), text(refused));
        guarded.close();
    }

    private static CompletableFuture<HttpResponse> media(HlsServer server, String query) {
        return server.handle(HttpRequest.GET(MEDIA + query)).orElseThrow().toCompletableFuture();
    }

    /** With the token in a header, which is no part of the address that a cache would keep an answer under. */
    private static void assertNotForOthers(HlsServer guarded, String path, String caching, String vary)
            throws Exception {
        for (String range : List.of("", "bytes=0-3")) {
            HttpRequest request = HttpRequest.GET(path).addHeader(RawHeader.create("Authorization", "Bearer good"));
            HttpResponse answer = guarded.handle(
                            range.isEmpty() ? request : request.addHeader(RawHeader.create("Range", range)))
                    .orElseThrow()
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
            assertTrue(answer.status().isSuccess(), path);
            assertEquals(caching, header(answer, "Cache-Control"), path);
            assertEquals(vary, header(answer, "Vary"), path);
        }
    }

    @Test
    void whoMayNotPlayGetsNoPlaylist() throws Exception {
        HlsServer guarded =
                server(request -> CompletableFuture.completedFuture(new Admission.Decision.Refused("no token")));
        HttpResponse answer = guarded.handle(HttpRequest.GET(MEDIA))
                .orElseThrow()
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        assertEquals(403, answer.status().intValue());
        assertEquals(0, stream.subscribed());
        HttpResponse file = guarded.handle(HttpRequest.GET("/live/streams/s/1/0.m4s"))
                .orElseThrow()
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        assertEquals(403, file.status().intValue());
        assertEquals(0, stream.subscribed());
        HttpRequest post = HttpRequest.create(MEDIA).withMethod(HttpMethods.POST);
        assertEquals(405, asks(post).get(60, TimeUnit.SECONDS).status().intValue());
    }
}
