package io.headwater.codec.mpegts;

import io.headwater.media.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** A segment taken apart again, as a player does it. */
final class ReadBack {
    private static final int ADTS_HEADER = 7;

    final List<Long> pictureTimes = new ArrayList<>();
    final List<Long> clocks = new ArrayList<>();
    private final ByteArrayOutputStream video = new ByteArrayOutputStream();
    private final ByteArrayOutputStream audio = new ByteArrayOutputStream();

    ReadBack(Bytes segment) {
        for (int at = 0; at < segment.length(); at += TsWriter.PACKET) {
            packet(segment.slice(at, TsWriter.PACKET));
        }
    }

    private void packet(Bytes packet) {
        int pid = (packet.unsignedAt(1) & 0x1f) << 8 | packet.unsignedAt(2);
        boolean starts = (packet.unsignedAt(1) & 0x40) != 0;
        int at = 4;
        if ((packet.unsignedAt(3) & 0x20) != 0) {
            if (packet.unsignedAt(4) > 0 && (packet.unsignedAt(5) & 0x10) != 0) {
                long high = 0;
                for (int i = 6; i < 10; i++) {
                    high = high << 8 | packet.unsignedAt(i);
                }
                clocks.add(high << 1 | packet.unsignedAt(10) >> 7);
            }
            at += 1 + packet.unsignedAt(4);
        }
        if (pid != Pes.VIDEO_PID && pid != Pes.AUDIO_PID) {
            return;
        }
        if (starts) {
            if (pid == Pes.VIDEO_PID) {
                pictureTimes.add(time(packet.slice(at + 9, 5)));
            }
            at += 9 + packet.unsignedAt(at + 8);
        }
        (pid == Pes.VIDEO_PID ? video : audio)
                .writeBytes(packet.slice(at, TsWriter.PACKET - at).toByteArray());
    }

    private static long time(Bytes field) {
        return (field.unsignedAt(0) >> 1 & 7L) << 30
                | (long) field.unsignedAt(1) << 22
                | (field.unsignedAt(2) >> 1) << 15
                | field.unsignedAt(3) << 7
                | field.unsignedAt(4) >> 1;
    }

    /** The slices of all pictures one after the other, cut at start codes: delimiters and parameter sets are left out. */
    byte[] slices() {
        ByteArrayOutputStream slices = new ByteArrayOutputStream();
        byte[] bytes = video.toByteArray();
        int from = 0;
        for (int at = 1; at <= bytes.length; at++) {
            if (at == bytes.length || startsAt(bytes, at)) {
                int type = bytes[from + 4] & 0x1f;
                if (type == 1 || type == 5) {
                    slices.write(bytes, from + 4, at - from - 4);
                }
                from = at;
            }
        }
        return slices.toByteArray();
    }

    private static boolean startsAt(byte[] bytes, int at) {
        return at + 4 < bytes.length
                && bytes[at] == 0
                && bytes[at + 1] == 0
                && bytes[at + 2] == 0
                && bytes[at + 3] == 1;
    }

    /** The bytes of all frames of AAC, by the lengths that their headers tell. */
    byte[] sound() {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        byte[] bytes = audio.toByteArray();
        for (int at = 0; at < bytes.length; ) {
            int length = (bytes[at + 3] & 3) << 11 | (bytes[at + 4] & 0xff) << 3 | (bytes[at + 5] & 0xff) >> 5;
            frames.write(bytes, at + ADTS_HEADER, length - ADTS_HEADER);
            at += length;
        }
        return frames.toByteArray();
    }
}
