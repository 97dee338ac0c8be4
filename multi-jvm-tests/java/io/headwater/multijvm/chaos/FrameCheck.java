package io.headwater.multijvm.chaos;

import io.headwater.bench.StampedFrames;
import io.headwater.codec.flv.FlvTag;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Looks at every frame one viewer gets: none lost, none twice, timestamps that rise, and how long it waited for one.
 *
 * <p>A frame is told by the number its publisher put into it: the publisher's session in the upper half, the frame's
 * place in that session in the lower. Where another session begins there is nothing to compare with, but it must begin
 * with a keyframe. Any thread.
 */
final class FrameCheck {
    /** What of a tag's body has to be there. */
    static final int HEAD = StampedFrames.STAMP_AT + 24;
    /** Where the stamp is in an audio tag's body. */
    static final int AUDIO_STAMP_AT = 2;

    private static final long INTERVAL_NANOS = 1_000_000_000L / NumberedPublisher.FPS;
    private static final long NEVER = Long.MIN_VALUE;

    /**
     * What was seen.
     *
     * @param pictures video frames
     * @param lost frames missing between two of one session
     * @param twice frames that had come before
     * @param falls timestamps lower than the one before
     * @param sessions changes from one publishing session to another
     * @param headless sessions that did not begin with a keyframe
     */
    record Seen(long pictures, long sounds, long lost, long twice, long falls, long sessions, long headless) {
        boolean isWhole() {
            return isWholeBut(0);
        }

        /** @param missing frames that may be lost */
        boolean isWholeBut(long missing) {
            return lost <= missing && twice + falls + headless == 0;
        }
    }

    private final Map<Integer, Track> tracks = new HashMap<>();
    private long lost;
    private long twice;
    private long falls;
    private long sessions;
    private long headless;
    private long lastPictureNanos = NEVER;
    private long lastSentNanos;
    private long lastNumber = -1;
    private long longestNanos;
    private long longestBeganNanos = NEVER;
    private long markedNanos = NEVER;
    private long firstSinceMarkNanos = NEVER;
    private long lastSession = -1;

    /** One kind of frame. */
    private static final class Track {
        private final Map<Integer, Integer> lastOfSession = new HashMap<>();
        private int session = -1;
        private long timestampMs = NEVER;
        private long count;
    }

    /** Takes the beginning of the body of one audio or video tag; tags without a stamp are passed over. */
    synchronized void tag(int type, long timestampMs, ByteBuffer body, long nowNanos) {
        boolean video = type == FlvTag.VIDEO;
        int at = body.position() + (video ? StampedFrames.STAMP_AT : AUDIO_STAMP_AT);
        if (body.limit() < at + 24 || body.getLong(at) != StampedFrames.MAGIC) {
            return;
        }
        long number = body.getLong(at + 8);
        boolean key = video && body.get(body.position()) >> 4 == 1;
        Track track = tracks.computeIfAbsent(type, kind -> new Track());
        if (video) {
            arrived(number, body.getLong(at + 16), nowNanos);
        }
        track.count++;
        falls += timestampMs < track.timestampMs ? 1 : 0;
        track.timestampMs = timestampMs;
        place(track, (int) (number >>> 32), (int) number, video && !key);
    }

    /** A publisher that sent late is not the server's gap. */
    private void arrived(long number, long sentNanos, long nowNanos) {
        if (lastPictureNanos != NEVER) {
            long interval =
                    number == lastNumber + 1 ? Math.max(INTERVAL_NANOS, sentNanos - lastSentNanos) : INTERVAL_NANOS;
            if (nowNanos - lastPictureNanos - interval > longestNanos) {
                longestNanos = nowNanos - lastPictureNanos - interval;
                longestBeganNanos = lastPictureNanos;
            }
        }
        lastNumber = number;
        lastSentNanos = sentNanos;
        if (markedNanos != NEVER && firstSinceMarkNanos == NEVER) {
            firstSinceMarkNanos = nowNanos;
        }
        lastPictureNanos = nowNanos;
    }

    private void place(Track track, int session, int number, boolean dependent) {
        if (session != track.session) {
            headless += dependent ? 1 : 0;
            if (lastSession != session) {
                sessions += lastSession < 0 ? 0 : 1;
                lastSession = session;
            }
            track.session = session;
            twice += number <= track.lastOfSession.getOrDefault(session, -1) ? 1 : 0;
        } else {
            int last = track.lastOfSession.getOrDefault(session, -1);
            lost += Math.max(0, number - last - 1);
            twice += number <= last ? 1 : 0;
        }
        track.lastOfSession.merge(session, number, Math::max);
    }

    /** From here on a new longest gap counts; one that is open now counts whole. */
    synchronized void mark(long nowNanos) {
        longestNanos = 0;
        longestBeganNanos = nowNanos;
        markedNanos = nowNanos;
        firstSinceMarkNanos = NEVER;
    }

    /** The longest time between two pictures since the mark beyond that between their sending; one still open counts. */
    synchronized long longestNanos(long nowNanos) {
        return lastPictureNanos == NEVER
                ? nowNanos - markedNanos
                : Math.max(longestNanos, nowNanos - lastPictureNanos - INTERVAL_NANOS);
    }

    /** How long after the mark the longest gap began that is over; negative if that was before it. */
    synchronized long longestBeganAfterNanos() {
        return longestBeganNanos - markedNanos;
    }

    /** How long after the mark the first picture came; until now if none did. */
    synchronized long resumedAfterNanos(long nowNanos) {
        return (firstSinceMarkNanos == NEVER ? nowNanos : firstSinceMarkNanos) - markedNanos;
    }

    synchronized Seen seen() {
        return new Seen(count(FlvTag.VIDEO), count(FlvTag.AUDIO), lost, twice, falls, sessions, headless);
    }

    /** The publishing session of the newest frame, -1 before the first. */
    synchronized long session() {
        return lastSession;
    }

    /** The number of the last picture of that session, -1 if there was none. */
    synchronized int lastPictureOf(int session) {
        Track track = tracks.get(FlvTag.VIDEO);
        return track == null ? -1 : track.lastOfSession.getOrDefault(session, -1);
    }

    private long count(int type) {
        Track track = tracks.get(type);
        return track == null ? 0 : track.count;
    }
}
