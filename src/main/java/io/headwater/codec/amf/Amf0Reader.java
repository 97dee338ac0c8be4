package io.headwater.codec.amf;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the AMF0 values of one message, one after the other ("AMF 0 File Format Specification", section 2). */
public final class Amf0Reader {
    private final AmfInput in;

    public Amf0Reader(Bytes message, AmfLimits limits) {
        this.in = new AmfInput(message, limits);
    }

    public Amf0Reader(Bytes message) {
        this(message, AmfLimits.DEFAULTS);
    }

    /** All values of a message. */
    public static List<AmfValue> readAll(Bytes message) throws MalformedException {
        Amf0Reader reader = new Amf0Reader(message);
        List<AmfValue> values = new ArrayList<>();
        while (reader.hasMore()) {
            values.add(reader.read());
        }
        return values;
    }

    public boolean hasMore() {
        return in.hasRemaining();
    }

    /** How many bytes of the message are read. */
    public int position() {
        return in.position();
    }

    /** The next value. */
    public AmfValue read() throws MalformedException {
        return value(1);
    }

    private AmfValue value(int depth) throws MalformedException {
        in.countValue(depth);
        int at = in.position();
        int marker = in.u8("type marker");
        return switch (marker) {
            case Amf0.NUMBER -> new AmfValue.Num(in.f64("number"));
            case Amf0.BOOLEAN -> new AmfValue.Bool(in.u8("boolean") != 0);
            case Amf0.STRING -> new AmfValue.Text(in.text(in.u16("string length"), "string"));
            case Amf0.OBJECT -> new AmfValue.Obj(members(depth));
            case Amf0.NULL -> AmfValue.Null.VALUE;
            case Amf0.UNDEFINED, Amf0.UNSUPPORTED -> AmfValue.Undefined.VALUE;
            case Amf0.REFERENCE -> new AmfValue.Reference(in.u16("reference"));
            case Amf0.ECMA_ARRAY -> ecmaArray(depth);
            case Amf0.STRICT_ARRAY -> strictArray(depth);
            case Amf0.DATE -> date();
            case Amf0.LONG_STRING -> new AmfValue.Text(in.text(in.u32("long string length"), "long string"));
            case Amf0.XML -> new AmfValue.Xml(in.text(in.u32("XML length"), "XML"));
            case Amf0.TYPED_OBJECT -> typedObject(depth);
            case Amf0.AVMPLUS -> new Amf3Reader(in).value(depth);
            default ->
                throw new MalformedException("AMF0 type marker at byte " + at + " is " + marker
                        + ", expected 0 to 3, 5 to 8, 10 to 13 or 15 to 17");
        };
    }

    private Map<String, AmfValue> members(int depth) throws MalformedException {
        Map<String, AmfValue> members = new LinkedHashMap<>();
        while (true) {
            String name = in.text(in.u16("member name length"), "member name");
            if (name.isEmpty() && in.takes(Amf0.OBJECT_END)) {
                return members;
            }
            members.put(name, value(depth + 1));
        }
    }

    /** The count is a hint that encoders get wrong; the end marker counts (2.10). */
    private AmfValue ecmaArray(int depth) throws MalformedException {
        in.u32("array count");
        return new AmfValue.EcmaArray(members(depth));
    }

    private AmfValue strictArray(int depth) throws MalformedException {
        int count = in.count(in.u32("array count"));
        List<AmfValue> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(value(depth + 1));
        }
        return new AmfValue.StrictArray(values);
    }

    private AmfValue date() throws MalformedException {
        double millis = in.f64("date");
        in.u16("time zone");
        return new AmfValue.Date(millis);
    }

    private AmfValue typedObject(int depth) throws MalformedException {
        String className = in.text(in.u16("class name length"), "class name");
        return new AmfValue.Obj(className, members(depth));
    }
}
