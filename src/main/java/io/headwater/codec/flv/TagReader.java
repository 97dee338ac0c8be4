package io.headwater.codec.flv;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;

/** A cursor over one tag's body that names what is missing when the body is too short. */
final class TagReader {
    private final String tag;
    private final Bytes body;
    private int at;

    TagReader(String tag, Bytes body) {
        this.tag = tag;
        this.body = body;
    }

    int remaining() {
        return body.length() - at;
    }

    int u8(String field) throws MalformedException {
        return (int) unsigned(1, field);
    }

    int u16(String field) throws MalformedException {
        return (int) unsigned(2, field);
    }

    int u24(String field) throws MalformedException {
        return (int) unsigned(3, field);
    }

    int s24(String field) throws MalformedException {
        return u24(field) << 8 >> 8;
    }

    int u32(String field) throws MalformedException {
        return (int) unsigned(4, field);
    }

    Bytes take(int count, String field) throws MalformedException {
        require(count, field);
        at += count;
        return body.slice(at - count, count);
    }

    Bytes rest() {
        Bytes rest = body.from(at);
        at = body.length();
        return rest;
    }

    private long unsigned(int bytes, String field) throws MalformedException {
        require(bytes, field);
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | body.unsignedAt(at++);
        }
        return value;
    }

    private void require(int bytes, String field) throws MalformedException {
        if (bytes > remaining()) {
            throw new MalformedException(tag + " tag of " + body.length() + " bytes ends inside its " + field
                    + ", expected at least " + (at + (long) bytes));
        }
    }
}
