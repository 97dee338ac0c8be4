package io.headwater.gateway.hls;

import io.headwater.fuzz.FuzzTarget;
import io.headwater.fuzz.Targets;
import java.nio.charset.StandardCharsets;

/** Paths of HLS, for the fuzzer. */
public final class PathTarget {
    private PathTarget() {}

    public static FuzzTarget of() {
        return new FuzzTarget(
                "hls-path",
                Targets.texts(
                        "/live/streams/a.m3u8?token=x",
                        "/live/streams/a/media.m3u8?_HLS_msn=3&_HLS_part=1&_HLS_skip=YES&session=abc",
                        "/live/streams/a/1-2.m4s",
                        "/live/streams/a/init-1.mp4",
                        "/live/streams/a/1-2-3.m4s"),
                Targets.texts(
                        "/streams/", ".m3u8", "media.m3u8", "_HLS_msn=", "-1", "99999999999999999999", "/..", "%2f"),
                input -> {
                    String[] parts = new String(input, StandardCharsets.ISO_8859_1).split("\\?", 2);
                    return HlsRequest.of(parts[0], Targets.query(parts.length < 2 ? "" : parts[1]))
                            .map(asked -> asked.getClass().getSimpleName()
                                    + (asked instanceof HlsRequest.Refused refused ? refused.status() : ""))
                            .orElse("-");
                });
    }
}
