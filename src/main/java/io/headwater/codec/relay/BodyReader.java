package io.headwater.codec.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import io.headwater.media.Extension;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.util.ArrayList;
import java.util.List;

/** Fields off the front of one message's body, network order; names the message and the field when they do not fit. */
final class BodyReader {
    private final String message;
    private final Bytes body;
    private int at;

    BodyReader(String message, Bytes body) {
        this.message = message;
        this.body = body;
    }

    int u8(String field) throws MalformedException {
        need(field, 1);
        return body.unsignedAt(at++);
    }

    int u16(String field) throws MalformedException {
        need(field, 2);
        return u8(field) << 8 | u8(field);
    }

    /** An unsigned number that this version only takes up to 2^31-1. */
    int u31(String field) throws MalformedException {
        long value = u32(field);
        if (value > Integer.MAX_VALUE) {
            throw malformed(field, Long.toString(value), "at most " + Integer.MAX_VALUE);
        }
        return (int) value;
    }

    long u32(String field) throws MalformedException {
        need(field, 4);
        return (long) u16(field) << 16 | u16(field);
    }

    long i64(String field) throws MalformedException {
        need(field, 8);
        return u32(field) << 32 | u32(field);
    }

    /** A 64-bit number that may not be below {@code least}. */
    long i64AtLeast(long least, String field) throws MalformedException {
        long value = i64(field);
        if (value < least) {
            throw malformed(field, Long.toString(value), "at least " + least);
        }
        return value;
    }

    Bytes raw(int length, String field) throws MalformedException {
        need(field, length);
        at += length;
        return body.slice(at - length, length);
    }

    boolean atEnd() {
        return at == body.length();
    }

    Bytes rest() {
        Bytes rest = body.from(at);
        at = body.length();
        return rest;
    }

    Bytes proof() throws MalformedException {
        int length = u8("proof length");
        if (length != 0 && length != RelayProtocol.PROOF_LENGTH) {
            throw malformed("proof length", Integer.toString(length), "0 or " + RelayProtocol.PROOF_LENGTH);
        }
        return raw(length, "proof");
    }

    String name(String field) throws MalformedException {
        return string(u8(field), field);
    }

    NodeId node(String field) throws MalformedException {
        String name = name(field);
        if (!NodeId.isValid(name)) {
            throw malformed(field, shown(name), "1 to 64 letters, digits, '-' or '_'");
        }
        return new NodeId(name);
    }

    NodeGroup group(String field) throws MalformedException {
        String name = name(field);
        if (!NodeGroup.isValid(name)) {
            throw malformed(field, shown(name), "1 to 64 letters, digits, '-' or '_'");
        }
        return new NodeGroup(name);
    }

    List<NodeId> nodes(String field) throws MalformedException {
        int count = u8(field);
        if (count > RelayProtocol.MAX_NODES) {
            throw malformed(field, count + " nodes", "at most " + RelayProtocol.MAX_NODES);
        }
        List<NodeId> nodes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            nodes.add(node(field));
        }
        return nodes;
    }

    String text(String field) throws MalformedException {
        int length = u16(field);
        if (length > RelayProtocol.MAX_TEXT) {
            throw malformed(field, length + " bytes", "at most " + RelayProtocol.MAX_TEXT);
        }
        return string(length, field).replaceAll("\\p{Cntrl}", "?");
    }

    /** What newer minor versions add to a body, to its end; unknown ones are left aside, but must be well-formed. */
    List<Extension> options() throws MalformedException {
        List<Extension> options = new ArrayList<>();
        while (at < body.length()) {
            int type = u16("option type");
            options.add(new Extension(type, raw(u16("option length"), "option")));
        }
        return options;
    }

    MalformedException malformed(String field, String value, String expected) {
        return new MalformedException(message + ": " + field + " is " + value + ", expected " + expected);
    }

    private String string(int length, String field) throws MalformedException {
        Bytes bytes = raw(length, field);
        return new String(bytes.array(), bytes.offset(), bytes.length(), UTF_8);
    }

    private static String shown(String name) {
        String printable = name.replaceAll("[^\\x20-\\x7e]", "?");
        return "'" + (printable.length() <= 40 ? printable : printable.substring(0, 40) + "...") + "'";
    }

    private void need(String field, int length) throws MalformedException {
        if (length > body.length() - at) {
            throw new MalformedException(message + ": " + field + " of " + length + " bytes does not fit into the "
                    + (body.length() - at) + " bytes that are left of the body");
        }
    }
}
