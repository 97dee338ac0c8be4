package io.headwater.codec.fmp4;

import io.headwater.media.Bytes;
import io.headwater.media.MediaKind;
import io.headwater.media.Track;
import java.util.List;

/** The head of a fragmented movie: ftyp and a moov without samples (ISO/IEC 14496-12, 4.3 and 8.2). */
public final class InitSegment {
    private static final int MOVIE_TIMESCALE = 1000;
    private static final int UNITY = 0x1_0000;
    private static final int ENABLED_IN_MOVIE = 3;
    /** "und" in three letters of five bits. */
    private static final int UNDETERMINED = 0x55c4;

    private InitSegment() {}

    /** The number of a track within the file; 0 is not allowed there. */
    public static int trackId(Track track) {
        return track.id() + 1;
    }

    /** What the times of a track's {@link Run}s are counted in. */
    public static int timescale(Track track) {
        return track.kind() == MediaKind.VIDEO
                ? Timescale.VIDEO
                : AudioFrames.of(track).timescale();
    }

    /** @param tracks video and audio tracks, at least one */
    public static Bytes write(List<Track> tracks) {
        BoxWriter out = new BoxWriter(2048);
        out.box("ftyp", () -> out.text("iso6").u32(1).text("iso6").text("mp41").text("cmfc"));
        out.box("moov", () -> {
            int next = tracks.stream().mapToInt(InitSegment::trackId).max().orElse(0) + 1;
            out.fullBox("mvhd", 0, 0, () -> {
                out.zeros(8).u32(MOVIE_TIMESCALE).u32(0);
                out.u32(UNITY).u16(0x100).zeros(10);
                matrix(out);
                out.zeros(24).u32(next);
            });
            tracks.forEach(track -> trak(out, track));
            out.box(
                    "mvex",
                    () -> tracks.forEach(track -> out.fullBox(
                            "trex", 0, 0, () -> out.u32(trackId(track)).u32(1).zeros(12))));
        });
        return out.done();
    }

    private static void trak(BoxWriter out, Track track) {
        boolean video = track.kind() == MediaKind.VIDEO;
        out.box("trak", () -> {
            out.fullBox("tkhd", 0, ENABLED_IN_MOVIE, () -> {
                out.zeros(8).u32(trackId(track)).zeros(4).u32(0).zeros(8);
                out.u16(0).u16(video ? 0 : 1).u16(video ? 0 : 0x100).zeros(2);
                matrix(out);
                out.u32((long) track.width() << 16).u32((long) track.height() << 16);
            });
            out.box("mdia", () -> {
                out.fullBox(
                        "mdhd",
                        0,
                        0,
                        () -> out.zeros(8)
                                .u32(timescale(track))
                                .u32(0)
                                .u16(UNDETERMINED)
                                .u16(0));
                out.fullBox(
                        "hdlr",
                        0,
                        0,
                        () -> out.zeros(4)
                                .text(video ? "vide" : "soun")
                                .zeros(12)
                                .text(video ? "video" : "sound")
                                .u8(0));
                out.box("minf", () -> minf(out, track, video));
            });
        });
    }

    private static void minf(BoxWriter out, Track track, boolean video) {
        if (video) {
            out.fullBox("vmhd", 0, 1, () -> out.zeros(8));
        } else {
            out.fullBox("smhd", 0, 0, () -> out.zeros(4));
        }
        // the media is in the same file
        out.box("dinf", () -> out.fullBox("dref", 0, 0, () -> out.u32(1).fullBox("url ", 0, 1, () -> {})));
        out.box("stbl", () -> {
            out.fullBox("stsd", 0, 0, () -> {
                out.u32(1);
                SampleEntry.write(out, track);
            });
            out.fullBox("stts", 0, 0, () -> out.u32(0));
            out.fullBox("stsc", 0, 0, () -> out.u32(0));
            out.fullBox("stsz", 0, 0, () -> out.u32(0).u32(0));
            out.fullBox("stco", 0, 0, () -> out.u32(0));
        });
    }

    private static void matrix(BoxWriter out) {
        out.u32(UNITY).zeros(12).u32(UNITY).zeros(12).u32(0x4000_0000);
    }
}
