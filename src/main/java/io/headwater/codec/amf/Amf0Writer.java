package io.headwater.codec.amf;

import io.headwater.media.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Writes values one after the other as AMF0. */
public final class Amf0Writer {
    private static final int SHORT_TEXT_LIMIT = 0xffff;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

    /** The values as one message. */
    public static Bytes encode(List<? extends AmfValue> values) {
        Amf0Writer writer = new Amf0Writer();
        values.forEach(writer::write);
        return writer.toBytes();
    }

    /** The values as one message. */
    public static Bytes encode(AmfValue... values) {
        return encode(Arrays.asList(values));
    }

    public Amf0Writer write(AmfValue value) {
        if (value instanceof AmfValue.Num number) {
            out.write(Amf0.NUMBER);
            f64(number.value());
        } else if (value instanceof AmfValue.Bool bool) {
            out.write(Amf0.BOOLEAN);
            out.write(bool.value() ? 1 : 0);
        } else if (value instanceof AmfValue.Text text) {
            text(text.value());
        } else if (value instanceof AmfValue.Obj object) {
            object(object);
        } else if (value instanceof AmfValue.EcmaArray array) {
            out.write(Amf0.ECMA_ARRAY);
            u32(array.members().size());
            members(array.members());
        } else if (value instanceof AmfValue.StrictArray array) {
            out.write(Amf0.STRICT_ARRAY);
            u32(array.values().size());
            array.values().forEach(this::write);
        } else if (value instanceof AmfValue.Date date) {
            out.write(Amf0.DATE);
            f64(date.millis());
            u16(0);
        } else if (value instanceof AmfValue.Xml xml) {
            out.write(Amf0.XML);
            longText(xml.value().getBytes(StandardCharsets.UTF_8));
        } else if (value instanceof AmfValue.Reference reference) {
            out.write(Amf0.REFERENCE);
            u16(reference.index());
        } else if (value instanceof AmfValue.Null) {
            out.write(Amf0.NULL);
        } else {
            out.write(Amf0.UNDEFINED);
        }
        return this;
    }

    public Bytes toBytes() {
        return Bytes.of(out.toByteArray());
    }

    private void text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > SHORT_TEXT_LIMIT) {
            out.write(Amf0.LONG_STRING);
            longText(utf8);
        } else {
            out.write(Amf0.STRING);
            shortText(utf8);
        }
    }

    private void object(AmfValue.Obj object) {
        if (object.className().isEmpty()) {
            out.write(Amf0.OBJECT);
        } else {
            out.write(Amf0.TYPED_OBJECT);
            shortText(object.className().getBytes(StandardCharsets.UTF_8));
        }
        members(object.members());
    }

    private void members(Map<String, AmfValue> members) {
        members.forEach((name, value) -> {
            shortText(name.getBytes(StandardCharsets.UTF_8));
            write(value);
        });
        u16(0);
        out.write(Amf0.OBJECT_END);
    }

    /** Names have no long form (AMF0, 2.5). */
    private void shortText(byte[] utf8) {
        if (utf8.length > SHORT_TEXT_LIMIT) {
            throw new IllegalArgumentException("a name of " + utf8.length + " bytes, expected at most 65535");
        }
        u16(utf8.length);
        out.writeBytes(utf8);
    }

    private void longText(byte[] utf8) {
        u32(utf8.length);
        out.writeBytes(utf8);
    }

    private void u16(int value) {
        out.write(value >> 8);
        out.write(value);
    }

    private void u32(int value) {
        u16(value >> 16);
        u16(value);
    }

    private void f64(double value) {
        long bits = Double.doubleToLongBits(value);
        u32((int) (bits >> 32));
        u32((int) bits);
    }
}
