package io.headwater.codec.hls;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import io.headwater.media.Extension;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The main origin's decision that a part starts with this frame; travels as an extension of the part's first frame, so
 * that every node cuts at the same places.
 *
 * @param segment counts from 0 within the epoch
 * @param part counts from 0 within the segment; 0 starts the segment
 * @param independent whether a decoder can start at the marked frame
 * @param discontinuity counts within the epoch, from 0: rises where the tracks change or the timestamps jump
 * @param init number of the init section, counts within the epoch from 0: rises where the tracks change
 * @param programDateTimeMs wall clock of the main origin at the marked frame, milliseconds since 1970
 * @param targetDurationS EXT-X-TARGETDURATION as far as it is known here; never falls within an epoch
 * @param partTargetMs PART-TARGET as far as it is known here
 * @param audioTime where the next audio frame goes on the smoothed audio timeline, in units of the audio timescale;
 *     {@link #NO_AUDIO_TIME} before the first
 * @param tracks what the init section describes, at most {@link #MAX_TRACKS}; the mark after the first part of the first
 *     segment of an init section may name more than the one before it, and counts
 */
public record Mark(
        long segment,
        int part,
        boolean independent,
        int discontinuity,
        int init,
        long programDateTimeMs,
        int targetDurationS,
        int partTargetMs,
        long audioTime,
        List<TrackRef> tracks) {
    /** Registered in {@code docs/relay-protocol.md}. */
    public static final int EXTENSION_TYPE = 1;

    public static final int MAX_TRACKS = 8;
    public static final long NO_AUDIO_TIME = -1;
    /** The most parts a segment has; a longer segment is cut. */
    public static final int MAX_PARTS = 65_535;

    /** Far beyond any real stream, and small enough to be counted on from. */
    static final long MAX_SEGMENT = 1L << 48;

    private static final int FIXED_LENGTH = 40;
    private static final int TRACK_LENGTH = 5;
    private static final int INDEPENDENT = 1;
    private static final long MAX_TIME = 1L << 60;

    public Mark {
        tracks = List.copyOf(tracks);
    }

    public boolean startsSegment() {
        return part == 0;
    }

    public Extension toExtension() {
        ByteBuffer out = ByteBuffer.allocate(FIXED_LENGTH + TRACK_LENGTH * tracks.size());
        out.put((byte) (independent ? INDEPENDENT : 0));
        out.putLong(segment).putShort((short) part).putInt(discontinuity).putInt(init);
        out.putLong(programDateTimeMs).putShort((short) targetDurationS).putShort((short) partTargetMs);
        out.putLong(audioTime);
        out.put((byte) tracks.size());
        tracks.forEach(track -> out.put((byte) track.id()).putInt(track.digest()));
        return new Extension(EXTENSION_TYPE, Bytes.of(out.array()));
    }

    /** What the start of a later segment would be like if nothing changed and each took {@code eachUs}. */
    Mark following(long later, long eachUs) {
        return new Mark(
                later,
                0,
                independent,
                discontinuity,
                init,
                programDateTimeMs + (later - segment) * eachUs / 1000,
                targetDurationS,
                partTargetMs,
                NO_AUDIO_TIME,
                tracks);
    }

    /** The mark among a frame's extensions, if it has one. */
    public static Optional<Mark> of(List<Extension> extensions) throws MalformedException {
        for (Extension extension : extensions) {
            if (extension.type() == EXTENSION_TYPE) {
                return Optional.of(read(extension.value()));
            }
        }
        return Optional.empty();
    }

    /** Reads an extension's value; bytes and flags that a newer version adds behind or beside are left aside. */
    public static Mark read(Bytes value) throws MalformedException {
        if (value.length() < FIXED_LENGTH) {
            throw new MalformedException("HLS mark is " + value + ", expected at least " + FIXED_LENGTH + " bytes");
        }
        ByteBuffer in = value.buffer();
        boolean independent = (in.get() & INDEPENDENT) != 0;
        long segment = within("segment", in.getLong(), 0, MAX_SEGMENT);
        int part = in.getShort() & 0xffff;
        int discontinuity = (int) within("discontinuity", in.getInt(), 0, Integer.MAX_VALUE);
        int init = (int) within("init", in.getInt(), 0, Integer.MAX_VALUE);
        long programDateTimeMs = within("program date-time", in.getLong(), 0, MAX_TIME);
        int targetDurationS = (int) within("target duration", in.getShort() & 0xffff, 1, 65_535);
        int partTargetMs = (int) within("part target", in.getShort() & 0xffff, 1, 65_535);
        long audioTime = within("audio time", in.getLong(), NO_AUDIO_TIME, MAX_TIME);
        int count = (int) within("number of tracks", in.get() & 0xff, 1, MAX_TRACKS);
        if (in.remaining() < count * TRACK_LENGTH) {
            throw new MalformedException(
                    "HLS mark has " + in.remaining() + " bytes for " + count + " tracks, expected 5 each");
        }
        List<TrackRef> tracks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            tracks.add(new TrackRef(in.get() & 0xff, in.getInt()));
        }
        return new Mark(
                segment,
                part,
                independent,
                discontinuity,
                init,
                programDateTimeMs,
                targetDurationS,
                partTargetMs,
                audioTime,
                tracks);
    }

    private static long within(String field, long value, long least, long most) throws MalformedException {
        if (value < least || value > most) {
            throw new MalformedException("HLS mark: " + field + " is " + value + ", expected " + least + " to " + most);
        }
        return value;
    }
}
