package io.headwater.gateway.hls;

import io.headwater.codec.hls.Init;
import io.headwater.media.Bytes;
import java.util.List;

/** What a stream answers, before it is HTTP. */
sealed interface Reply {
    /** A playlist. */
    record Playlist(Rendition text, Freshness freshness) implements Reply {}

    /** An init section, a segment or a part: bytes that never change. */
    record File(List<Bytes> bytes, Kind kind) implements Reply {
        static File of(Init init) {
            return new File(List.of(init.bytes()), Kind.VIDEO);
        }
    }

    /** What a browser asks before a page of another origin may read. */
    record Preflight() implements Reply {}

    /** @param reason one line for the client */
    record Refused(int status, String reason) implements Reply {}

    /**
     * Another node serves who begins to watch better.
     *
     * @param address the whole one, to ask at
     * @param reason one line for the client
     */
    record Elsewhere(String address, String reason) implements Reply {}

    /** What the bytes of a file are. */
    enum Kind {
        VIDEO,
        AUDIO,
        TRANSPORT_STREAM
    }

    /** How long a cache may keep a playlist. */
    enum Freshness {
        /** Who asked for this very update: it is the answer to that question for as long as the next one takes. */
        UPDATE,
        /** The newest: for a moment. */
        NEWEST,
        /** It is made for one viewer. */
        PERSONAL
    }
}
