package io.headwater.gateway.hls;

import io.headwater.codec.hls.Container;
import io.headwater.codec.hls.ResourceName;
import io.headwater.media.StreamKey;
import java.util.Map;
import java.util.Optional;

/** What a path and its query ask for: {@code /{app}/streams/{streamId}.m3u8} and what is beside it. */
sealed interface HlsRequest {
    String FOLDER = "/streams/";
    String PLAYLIST = ".m3u8";
    /** The media playlist's name, in the stream's own folder. */
    String MEDIA = "media.m3u8";

    StreamKey key();

    /** What is asked for, or what is in it, is in this. */
    default Container container() {
        return Container.FMP4;
    }

    /** The media playlist of transport streams, beside it. */
    String TS_MEDIA = "ts.m3u8";

    /** {@code ?container=ts} behind the multivariant playlist asks for transport streams, {@code fmp4} for fragments. */
    String CONTAINER = "container";

    /** The multivariant playlist. */
    record Multivariant(StreamKey key, Container container) implements HlsRequest {}

    /**
     * The media playlist.
     *
     * @param session who asks, if it says so
     */
    record Media(StreamKey key, Container container, Reload reload, Optional<String> session) implements HlsRequest {}

    /** An init section, a segment or a part. */
    record File(StreamKey key, ResourceName name) implements HlsRequest {
        @Override
        public Container container() {
            return name.container();
        }
    }

    /** Something below a stream's path that cannot be. */
    record Refused(StreamKey key, int status, String reason) implements HlsRequest {}

    /**
     * Delivery directives (RFC 8216bis, 6.2.5).
     *
     * @param msn not to be answered before there is this segment, or -1
     * @param part and this part of it, or -1
     * @param skip whether a delta update will do
     */
    record Reload(long msn, int part, boolean skip) {
        static final Reload NOW = new Reload(-1, -1, false);

        boolean blocking() {
            return msn >= 0;
        }
    }

    /** Nothing if the path is none of HLS, or names no stream. */
    static Optional<HlsRequest> of(String path, Map<String, String> query) {
        int folder = path.indexOf(FOLDER, 1);
        if (folder < 0 || path.indexOf('/', 1) != folder) {
            return Optional.empty();
        }
        String app = path.substring(1, folder);
        String rest = path.substring(folder + FOLDER.length());
        int slash = rest.indexOf('/');
        if (slash < 0) {
            return rest.endsWith(PLAYLIST)
                    ? StreamKey.of(app, rest.substring(0, rest.length() - PLAYLIST.length()))
                            .map(key -> multivariant(key, query))
                    : Optional.empty();
        }
        return StreamKey.of(app, rest.substring(0, slash)).map(key -> inFolder(key, rest.substring(slash + 1), query));
    }

    private static HlsRequest multivariant(StreamKey key, Map<String, String> query) {
        return switch (query.getOrDefault(CONTAINER, "")) {
            case "", "fmp4" -> new Multivariant(key, Container.FMP4);
            case "ts" -> new Multivariant(key, Container.MPEG_TS);
            default -> new Refused(key, 400, "container is none that is served, expected ts or fmp4");
        };
    }

    private static HlsRequest inFolder(StreamKey key, String file, Map<String, String> query) {
        if (file.equals(MEDIA)) {
            return media(key, Container.FMP4, query);
        }
        if (file.equals(TS_MEDIA)) {
            return media(key, Container.MPEG_TS, query);
        }
        return ResourceName.parse(file)
                .<HlsRequest>map(name -> new File(key, name))
                .orElseGet(() -> new Refused(key, 404, "no file of " + key + " is named like this"));
    }

    private static boolean isNumber(String text, int mostDigits) {
        return text.length() <= mostDigits && text.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    }

    private static HlsRequest media(StreamKey key, Container container, Map<String, String> query) {
        String msn = query.getOrDefault("_HLS_msn", "");
        String part = query.getOrDefault("_HLS_part", "");
        if (!msn.isEmpty() && !isNumber(msn, 15)) {
            return new Refused(key, 400, "_HLS_msn is no media sequence number");
        }
        if (!part.isEmpty() && !isNumber(part, 5)) {
            return new Refused(key, 400, "_HLS_part is no part index");
        }
        if (msn.isEmpty() && !part.isEmpty()) {
            return new Refused(key, 400, "_HLS_part is given without _HLS_msn");
        }
        String skip = query.getOrDefault("_HLS_skip", "");
        return new Media(
                key,
                container,
                new Reload(
                        msn.isEmpty() ? -1 : Long.parseLong(msn),
                        part.isEmpty() ? -1 : Integer.parseInt(part),
                        skip.equals("YES") || skip.equals("v2")),
                Optional.ofNullable(query.get(HlsSessions.PARAMETER)).filter(HlsSessions::isId));
    }
}
