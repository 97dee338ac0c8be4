package io.headwater.codec.mpegts;

import io.headwater.codec.fmp4.InitSegment;
import io.headwater.codec.fmp4.Run;
import io.headwater.codec.fmp4.Sample;
import io.headwater.codec.fmp4.Timescale;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.MediaKind;
import io.headwater.media.Track;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A segment as a transport stream: program tables, then the packets of one video and one audio track by time.
 *
 * <p>The same values give the same bytes. Every PID has a multiple of 16 packets in a segment, so the continuity counters
 * begin with 0 in each and yet run on without a break from any segment to the next.
 */
public final class TsSegment {
    /** Decoders get the data this long before its time, in 90 kHz. */
    private static final long LEAD = 63_000;
    /** Audio frames in one packet of the elementary stream; fewer spend more on headers. */
    private static final int FRAMES_PER_PES = 4;

    private TsSegment() {}

    /** Whether transport streams have that codec, as far as old players know. */
    public static boolean carries(Codec codec) {
        return switch (codec) {
            case H264, HEVC, AAC, MP3 -> true;
            default -> false;
        };
    }

    /**
     * Writes a segment.
     *
     * @param tracks at least one that is {@link #carries carried}; others are left out
     * @param runs of these tracks, as in a fragment
     */
    public static Bytes write(List<Track> tracks, List<Run> runs) {
        List<Track> carried =
                tracks.stream().filter(track -> carries(track.codec())).toList();
        boolean video = carried.stream().anyMatch(track -> track.kind() == MediaKind.VIDEO);
        List<Pes> all = new ArrayList<>();
        for (Track track : carried) {
            runs.stream()
                    .filter(run -> run.trackId() == InitSegment.trackId(track))
                    .forEach(run -> {
                        if (track.kind() == MediaKind.VIDEO) {
                            video(track, run, all);
                        } else {
                            audio(track, run, !video, all);
                        }
                    });
        }
        all.sort(Comparator.comparingLong(Pes::time).thenComparingInt(Pes::pid));
        return new TsWriter(ProgramTables.of(carried)).write(all);
    }

    private static void video(Track track, Run run, List<Pes> to) {
        AccessUnits units = AccessUnits.of(track);
        long time = run.baseTime();
        for (Sample sample : run.samples()) {
            Bytes unit = units.annexB(sample.payload(), sample.sync());
            long dts = time + LEAD;
            to.add(Pes.video(dts, dts + sample.offset(), time, sample.sync(), unit));
            time += sample.duration();
        }
    }

    private static void audio(Track track, Run run, boolean clock, List<Pes> to) {
        AdtsFrames frames = AdtsFrames.of(track);
        int timescale = InitSegment.timescale(track);
        long time = run.baseTime();
        List<Bytes> group = new ArrayList<>();
        long start = time;
        for (int i = 0; i < run.samples().size(); i++) {
            Sample sample = run.samples().get(i);
            if (group.isEmpty()) {
                start = time;
            }
            frames.add(sample.payload(), group);
            time += sample.duration();
            boolean last = i == run.samples().size() - 1;
            if (!group.isEmpty() && (last || group.size() >= frames.runsPerFrame() * FRAMES_PER_PES)) {
                long at = Timescale.of(Timescale.us(start, timescale), Timescale.VIDEO);
                to.add(Pes.audio(at + LEAD, at, clock, List.copyOf(group)));
                group.clear();
            }
        }
    }
}
