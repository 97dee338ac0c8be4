package io.headwater.codec.mpegts;

import io.headwater.media.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * A packet of an elementary stream (13818-1, 2.4.3.6) before it is cut.
 *
 * @param time what it is ordered by, and the clock reference it may carry, in 90 kHz
 * @param clock whether it carries the program's clock
 * @param randomAccess whether a decoder can start with it
 */
record Pes(int pid, long time, boolean clock, boolean randomAccess, List<Bytes> runs) {
    static final int VIDEO_PID = 0x100;
    static final int AUDIO_PID = 0x101;

    private static final int VIDEO_STREAM = 0xe0;
    private static final int AUDIO_STREAM = 0xc0;
    private static final int LONGEST = 0xffff;

    static Pes video(long dts, long pts, long time, boolean sync, Bytes unit) {
        byte[] header = new byte[19];
        head(header, VIDEO_STREAM, 0); // video may leave its length open
        header[7] = (byte) 0xc0;
        header[8] = 10;
        timestamp(header, 9, 3, pts);
        timestamp(header, 14, 1, dts);
        return new Pes(VIDEO_PID, time, true, sync, List.of(Bytes.of(header), unit));
    }

    static Pes audio(long pts, long time, boolean clock, List<Bytes> frames) {
        byte[] header = new byte[14];
        long length = 8 + frames.stream().mapToLong(Bytes::length).sum();
        head(header, AUDIO_STREAM, length <= LONGEST ? (int) length : 0);
        header[7] = (byte) 0x80;
        header[8] = 5;
        timestamp(header, 9, 2, pts);
        List<Bytes> runs = new ArrayList<>();
        runs.add(Bytes.of(header));
        runs.addAll(frames);
        return new Pes(AUDIO_PID, time, clock, true, List.copyOf(runs));
    }

    int length() {
        return runs.stream().mapToInt(Bytes::length).sum();
    }

    private static void head(byte[] header, int streamId, int length) {
        header[2] = 1;
        header[3] = (byte) streamId;
        header[4] = (byte) (length >> 8);
        header[5] = (byte) length;
        header[6] = (byte) 0x84; // data is aligned
    }

    /** 33 bits in three pieces with marker bits; longer times wrap, as players expect. */
    private static void timestamp(byte[] header, int at, int prefix, long time) {
        header[at] = (byte) (prefix << 4 | (time >> 29 & 0x0e) | 1);
        header[at + 1] = (byte) (time >> 22);
        header[at + 2] = (byte) ((time >> 14 & 0xfe) | 1);
        header[at + 3] = (byte) (time >> 7);
        header[at + 4] = (byte) ((time << 1 & 0xfe) | 1);
    }
}
