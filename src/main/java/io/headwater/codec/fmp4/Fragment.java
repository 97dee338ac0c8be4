package io.headwater.codec.fmp4;

import io.headwater.media.Bytes;
import java.util.List;

/** A movie fragment (ISO/IEC 14496-12, 8.8): moof and mdat with the runs of all tracks one after the other. */
public final class Fragment {
    private static final int DEFAULT_BASE_IS_MOOF = 0x02_0000;
    private static final int DEFAULT_DURATION = 0x8;
    private static final int DEFAULT_FLAGS = 0x20;

    private static final int DATA_OFFSET = 0x1;
    private static final int DURATION = 0x100;
    private static final int SIZE = 0x200;
    private static final int FLAGS = 0x400;
    private static final int COMPOSITION_OFFSET = 0x800;

    /** Depends on no other sample. */
    private static final int SYNC = 0x0200_0000;
    /** Depends on others, and is no sync sample. */
    private static final int NON_SYNC = 0x0101_0000;

    private static final int BOX_HEADER = 8;

    private Fragment() {}

    /**
     * Writes one fragment.
     *
     * @param startsSegment whether a segment type box stands in front
     * @param sequence what players may check to rise, the lower 32 bits are written
     */
    public static Bytes write(boolean startsSegment, long sequence, List<Run> runs) {
        int payload = 0;
        int samples = 0;
        for (Run run : runs) {
            samples += run.samples().size();
            for (Sample sample : run.samples()) {
                payload = Math.addExact(payload, sample.payload().length());
            }
        }
        BoxWriter out = new BoxWriter(payload + 160 + 80 * runs.size() + 16 * samples);
        if (startsSegment) {
            out.box("styp", () -> out.text("msdh").u32(0).text("msdh").text("cmfs"));
        }
        int moof = out.length();
        int[] offsetsAt = new int[runs.size()];
        out.box("moof", () -> {
            out.fullBox("mfhd", 0, 0, () -> out.u32(sequence));
            for (int i = 0; i < offsetsAt.length; i++) {
                offsetsAt[i] = traf(out, runs.get(i));
            }
        });
        int data = out.length() - moof + BOX_HEADER;
        for (int i = 0; i < offsetsAt.length; i++) {
            out.set32(offsetsAt[i], data);
            for (Sample sample : runs.get(i).samples()) {
                data += sample.payload().length();
            }
        }
        out.u32(payload + BOX_HEADER).text("mdat");
        for (Run run : runs) {
            run.samples().forEach(sample -> out.raw(sample.payload()));
        }
        return out.done();
    }

    /** Writes a track fragment; answers where its data offset stands. */
    private static int traf(BoxWriter out, Run run) {
        Sample first = run.samples().get(0);
        boolean sameDuration = run.samples().stream().allMatch(sample -> sample.duration() == first.duration());
        boolean sameSync = run.samples().stream().allMatch(sample -> sample.sync() == first.sync());
        boolean offsets = run.samples().stream().anyMatch(sample -> sample.offset() != 0);
        int[] offsetAt = new int[1];
        out.box("traf", () -> {
            int defaults = (sameDuration ? DEFAULT_DURATION : 0) | (sameSync ? DEFAULT_FLAGS : 0);
            out.fullBox("tfhd", 0, DEFAULT_BASE_IS_MOOF | defaults, () -> {
                out.u32(run.trackId());
                if (sameDuration) {
                    out.u32(first.duration());
                }
                if (sameSync) {
                    out.u32(flags(first));
                }
            });
            out.fullBox("tfdt", 1, 0, () -> out.u64(run.baseTime()));
            int fields =
                    (sameDuration ? 0 : DURATION) | SIZE | (sameSync ? 0 : FLAGS) | (offsets ? COMPOSITION_OFFSET : 0);
            out.fullBox("trun", 1, DATA_OFFSET | fields, () -> {
                out.u32(run.samples().size());
                offsetAt[0] = out.length();
                out.u32(0);
                for (Sample sample : run.samples()) {
                    sample(out, sample, fields);
                }
            });
        });
        return offsetAt[0];
    }

    private static void sample(BoxWriter out, Sample sample, int fields) {
        if ((fields & DURATION) != 0) {
            out.u32(sample.duration());
        }
        out.u32(sample.payload().length());
        if ((fields & FLAGS) != 0) {
            out.u32(flags(sample));
        }
        if ((fields & COMPOSITION_OFFSET) != 0) {
            out.u32(sample.offset());
        }
    }

    private static int flags(Sample sample) {
        return sample.sync() ? SYNC : NON_SYNC;
    }
}
