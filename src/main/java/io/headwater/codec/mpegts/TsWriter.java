package io.headwater.codec.mpegts;

import io.headwater.media.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/** Cuts the packets of elementary streams into transport packets (13818-1, 2.4.3.2) with tables in between. */
final class TsWriter {
    static final int PACKET = 188;
    static final byte SYNC = 0x47;

    /** Continuity counters have 4 bits: after this many packets they are where they began. */
    private static final int ROUND = 16;

    private static final int ROOM = PACKET - 4;
    /** Length and flags of an adaptation field. */
    private static final int FIELD = 2;

    private static final int CLOCK = 6;
    private static final int RANDOM_ACCESS = 0x40;
    private static final int HAS_CLOCK = 0x10;

    private final ProgramTables tables;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 16);
    private int tablesWritten;
    private int videoCounter;
    private int audioCounter;

    TsWriter(ProgramTables tables) {
        this.tables = tables;
    }

    Bytes write(List<Pes> all) {
        int videoExtra = extra(all, Pes.VIDEO_PID);
        int audioExtra = extra(all, Pes.AUDIO_PID);
        int lastVideo = last(all, Pes.VIDEO_PID);
        int lastAudio = last(all, Pes.AUDIO_PID);
        for (int i = 0; i < all.size(); i++) {
            // the tables stand in front and then as often as it takes for their counters to come round
            while (tablesWritten < ROUND && (long) tablesWritten * all.size() <= (long) i * ROUND) {
                tables();
            }
            int extra = i == lastVideo ? videoExtra : i == lastAudio ? audioExtra : 0;
            cut(all.get(i), packets(all.get(i)) + extra);
        }
        while (tablesWritten < ROUND) {
            tables();
        }
        return Bytes.of(out.toByteArray());
    }

    private void tables() {
        table(tables.pat());
        table(tables.pmt());
        tablesWritten++;
    }

    private void table(Bytes packet) {
        byte[] copy = packet.toByteArray();
        copy[3] |= (byte) tablesWritten;
        out.write(copy, 0, PACKET);
    }

    /** Packets to add so that the PID's counter comes round. */
    private static int extra(List<Pes> all, int pid) {
        long packets = all.stream()
                .filter(pes -> pes.pid() == pid)
                .mapToLong(TsWriter::packets)
                .sum();
        return (int) Math.floorMod(-packets, (long) ROUND);
    }

    private static int last(List<Pes> all, int pid) {
        int last = all.size() - 1;
        while (last >= 0 && all.get(last).pid() != pid) {
            last--;
        }
        return last;
    }

    private static int packets(Pes pes) {
        return (pes.length() + field(pes) + ROOM - 1) / ROOM;
    }

    private static int field(Pes pes) {
        return pes.clock() ? FIELD + CLOCK : pes.randomAccess() ? FIELD : 0;
    }

    /** Writes a packet of an elementary stream in exactly that many packets, each with a byte of it at least. */
    private void cut(Pes pes, int packets) {
        int left = pes.length();
        int run = 0;
        int at = 0;
        for (int i = 0; i < packets; i++) {
            byte[] packet = new byte[PACKET];
            int field = i == 0 ? field(pes) : 0;
            int payload = Math.min(ROOM - field, left - (packets - i - 1));
            left -= payload;
            header(packet, pes, i == 0, ROOM - payload);
            if (i == 0 && field > 0) {
                packet[5] = (byte) ((pes.randomAccess() ? RANDOM_ACCESS : 0) | (pes.clock() ? HAS_CLOCK : 0));
                if (pes.clock()) {
                    clock(packet, pes.time());
                }
            }
            for (int to = PACKET - payload; to < PACKET; ) {
                Bytes from = pes.runs().get(run);
                int count = Math.min(from.length() - at, PACKET - to);
                System.arraycopy(from.array(), from.offset() + at, packet, to, count);
                to += count;
                at += count;
                if (at == from.length()) {
                    run++;
                    at = 0;
                }
            }
            out.write(packet, 0, PACKET);
        }
    }

    /** @param field bytes of the adaptation field with its length, 0 for none */
    private void header(byte[] packet, Pes pes, boolean start, int field) {
        int counter = pes.pid() == Pes.VIDEO_PID ? videoCounter++ : audioCounter++;
        packet[0] = SYNC;
        packet[1] = (byte) ((start ? 0x40 : 0) | pes.pid() >> 8);
        packet[2] = (byte) pes.pid();
        packet[3] = (byte) ((field > 0 ? 0x30 : 0x10) | (counter % ROUND));
        if (field > 0) {
            packet[4] = (byte) (field - 1);
            if (field > FIELD) {
                Arrays.fill(packet, 4 + FIELD, 4 + field, (byte) 0xff);
            }
        }
    }

    /** 33 bits of 90 kHz, six reserved, nine of 27 MHz (2.4.3.5). */
    private static void clock(byte[] packet, long time) {
        packet[6] = (byte) (time >> 25);
        packet[7] = (byte) (time >> 17);
        packet[8] = (byte) (time >> 9);
        packet[9] = (byte) (time >> 1);
        packet[10] = (byte) ((time & 1) << 7 | 0x7e);
        packet[11] = 0;
    }
}
