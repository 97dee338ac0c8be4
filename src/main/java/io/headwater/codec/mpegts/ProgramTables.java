package io.headwater.codec.mpegts;

import io.headwater.codec.fmp4.InitSegment;
import io.headwater.media.Bytes;
import io.headwater.media.MediaKind;
import io.headwater.media.Track;
import java.util.Arrays;
import java.util.List;

/** The packets of the program association and program map table (13818-1, 2.4.4), without their counters. */
record ProgramTables(Bytes pat, Bytes pmt) {
    static final int PAT_PID = 0;
    static final int PMT_PID = 0x1000;

    private static final int PROGRAM = 1;
    private static final int MPEG_1_AUDIO_RATE = 32_000;

    static ProgramTables of(List<Track> tracks) {
        byte[] pat = {
            0, (byte) 0xb0, 13, 0, 1, (byte) 0xc1, 0, 0, 0, PROGRAM, (byte) (0xe0 | PMT_PID >> 8), (byte) PMT_PID
        };
        byte[] pmt = new byte[12 + 5 * tracks.size()];
        boolean video = tracks.stream().anyMatch(track -> track.kind() == MediaKind.VIDEO);
        int length = pmt.length - 3 + 4;
        int clock = video ? Pes.VIDEO_PID : Pes.AUDIO_PID;
        byte[] head = {
            2,
            (byte) (0xb0 | length >> 8),
            (byte) length,
            0,
            PROGRAM,
            (byte) 0xc1,
            0,
            0,
            (byte) (0xe0 | clock >> 8),
            (byte) clock,
            (byte) 0xf0,
            0
        };
        System.arraycopy(head, 0, pmt, 0, head.length);
        int at = head.length;
        for (Track track : tracks) {
            int pid = track.kind() == MediaKind.VIDEO ? Pes.VIDEO_PID : Pes.AUDIO_PID;
            pmt[at] = (byte) streamType(track);
            pmt[at + 1] = (byte) (0xe0 | pid >> 8);
            pmt[at + 2] = (byte) pid;
            pmt[at + 3] = (byte) 0xf0;
            at += 5;
        }
        return new ProgramTables(packet(PAT_PID, pat), packet(PMT_PID, pmt));
    }

    private static int streamType(Track track) {
        return switch (track.codec()) {
            case H264 -> 0x1b;
            case HEVC -> 0x24;
            case AAC -> 0x0f;
            case MP3 -> InitSegment.timescale(track) >= MPEG_1_AUDIO_RATE ? 3 : 4;
            default -> throw new IllegalArgumentException(track.codec() + " is not for a transport stream");
        };
    }

    /** A section with its checksum in a packet of its own. */
    private static Bytes packet(int pid, byte[] section) {
        byte[] packet = new byte[TsWriter.PACKET];
        Arrays.fill(packet, (byte) 0xff);
        packet[0] = TsWriter.SYNC;
        packet[1] = (byte) (0x40 | pid >> 8);
        packet[2] = (byte) pid;
        packet[3] = 0x10;
        packet[4] = 0;
        System.arraycopy(section, 0, packet, 5, section.length);
        int crc = crc(section);
        for (int i = 0; i < 4; i++) {
            packet[5 + section.length + i] = (byte) (crc >> (24 - 8 * i));
        }
        return Bytes.of(packet);
    }

    /** CRC-32/MPEG-2 (13818-1, annex A). */
    private static int crc(byte[] section) {
        int crc = -1;
        for (byte next : section) {
            crc ^= next << 24;
            for (int bit = 0; bit < 8; bit++) {
                crc = crc < 0 ? crc << 1 ^ 0x04c1_1db7 : crc << 1;
            }
        }
        return crc;
    }
}
