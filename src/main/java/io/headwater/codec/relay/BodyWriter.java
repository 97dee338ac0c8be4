package io.headwater.codec.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.media.Bytes;
import io.headwater.topology.NodeId;
import java.util.Arrays;
import java.util.List;

/** Bytes of one message, network order, growing. */
final class BodyWriter {
    private byte[] bytes;
    private int length;

    BodyWriter(int capacity) {
        bytes = new byte[capacity];
    }

    BodyWriter u8(int value) {
        room(1);
        bytes[length++] = (byte) value;
        return this;
    }

    BodyWriter u16(int value) {
        return u8(value >>> 8).u8(value);
    }

    BodyWriter u32(int value) {
        return u16(value >>> 16).u16(value);
    }

    BodyWriter u64(long value) {
        return u32((int) (value >>> 32)).u32((int) value);
    }

    BodyWriter raw(Bytes value) {
        room(value.length());
        System.arraycopy(value.array(), value.offset(), bytes, length, value.length());
        length += value.length();
        return this;
    }

    BodyWriter name(String ascii) {
        byte[] encoded = ascii.getBytes(UTF_8);
        if (encoded.length > 255) {
            throw new IllegalArgumentException("a name has " + encoded.length + " bytes, expected at most 255");
        }
        return u8(encoded.length).raw(Bytes.of(encoded));
    }

    BodyWriter nodes(List<NodeId> nodes) {
        if (nodes.size() > RelayProtocol.MAX_NODES) {
            throw new IllegalArgumentException(nodes.size() + " nodes, expected at most " + RelayProtocol.MAX_NODES);
        }
        u8(nodes.size());
        nodes.forEach(node -> name(node.name()));
        return this;
    }

    /** Text for people: cut at the limit, never refused. */
    BodyWriter text(String text) {
        byte[] encoded = text.getBytes(UTF_8);
        int end = Math.min(encoded.length, RelayProtocol.MAX_TEXT);
        while (end > 0 && end < encoded.length && (encoded[end] & 0xc0) == 0x80) {
            end--; // not inside a character
        }
        return u16(end).raw(Bytes.of(encoded, 0, end));
    }

    /** Fills in the length of everything after the message header, as the header's first field. */
    byte[] message(int payloadThatFollows) {
        int body = length - RelayProtocol.HEADER_LENGTH + payloadThatFollows;
        bytes[0] = (byte) (body >>> 24);
        bytes[1] = (byte) (body >>> 16);
        bytes[2] = (byte) (body >>> 8);
        bytes[3] = (byte) body;
        return toByteArray();
    }

    byte[] toByteArray() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    private void room(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
