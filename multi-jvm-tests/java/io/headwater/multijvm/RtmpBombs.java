package io.headwater.multijvm;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** What an RTMP client says to make a server build something huge, the handshake before it included. */
final class RtmpBombs {
    private static final int COMMAND = 20;
    private static final int COMMAND_AMF3 = 17;
    private static final int CHUNK = 0xff_ffff;

    private RtmpBombs() {}

    /** Each is refused as soon as it can be known for what it is. */
    static List<byte[]> all() {
        return List.of(
                said(COMMAND, command("0a 00000001".repeat(20_000))), // arrays in arrays
                said(COMMAND, command("03 0001 61".repeat(20_000))), // objects in objects
                said(COMMAND, command("0a 7fffffff 05")), // an array that says 2 billion elements
                said(COMMAND, command("0a 00100000" + "05".repeat(1 << 20))), // one that has a million
                said(COMMAND, command("0c 7fffffff 61")), // a text that says 2 GB
                said(COMMAND, command("0c 00200000" + "61".repeat(2 << 20))), // one that has 2 MB
                said(COMMAND_AMF3, command("11" + "09 03 01".repeat(20_000))), // the same in AMF3
                joined(hello(), message(COMMAND, 0xff_ffff)), // a message of 16 MB
                joined(hello(), control(0)), // chunks of no length
                joined(hello(), control(-1)));
    }

    /** A message of 8 MB of which 100 KB come. */
    static byte[] unfinished() {
        return joined(hello(), control(CHUNK), message(COMMAND, 8 << 20), new byte[100 << 10]);
    }

    private static byte[] said(int type, byte[] body) {
        return joined(hello(), control(CHUNK), message(type, body.length), body);
    }

    /** C0, C1, C2 without waiting for answers. */
    private static byte[] hello() {
        byte[] hello = new byte[1 + 2 * 1536];
        hello[0] = 3;
        return hello;
    }

    private static byte[] command(String hex) {
        return joined(
                bytes("02 0007"), "connect".getBytes(StandardCharsets.US_ASCII), bytes("00 3ff0000000000000" + hex));
    }

    private static byte[] control(int chunkSize) {
        return joined(
                bytes("02 000000 000004 01 00000000"),
                ByteBuffer.allocate(4).putInt(chunkSize).array());
    }

    /** The header of a message in one chunk. */
    private static byte[] message(int type, int length) {
        return ByteBuffer.allocate(12)
                .putInt(3 << 24)
                .putInt(length << 8 | type)
                .putInt(0)
                .array();
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
