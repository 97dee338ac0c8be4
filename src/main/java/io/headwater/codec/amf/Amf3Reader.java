package io.headwater.codec.amf;

import io.headwater.codec.MalformedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one AMF3 value inside an AMF0 message, as far as RTMP commands carry them: no byte arrays, vectors,
 * dictionaries and no objects that read themselves ("AMF 3 Specification", section 3).
 */
final class Amf3Reader {
    private static final int UNDEFINED = 0;
    private static final int NULL = 1;
    private static final int FALSE = 2;
    private static final int TRUE = 3;
    private static final int INTEGER = 4;
    private static final int DOUBLE = 5;
    private static final int STRING = 6;
    private static final int XML_DOC = 7;
    private static final int DATE = 8;
    private static final int ARRAY = 9;
    private static final int OBJECT = 10;
    private static final int XML = 11;

    private final AmfInput in;
    private final List<String> texts = new ArrayList<>();
    private final List<Traits> traits = new ArrayList<>();

    private record Traits(String className, List<String> sealed, boolean dynamic) {}

    Amf3Reader(AmfInput in) {
        this.in = in;
    }

    AmfValue value(int depth) throws MalformedException {
        in.countValue(depth);
        int at = in.position();
        int marker = in.u8("AMF3 type marker");
        return switch (marker) {
            case UNDEFINED -> AmfValue.Undefined.VALUE;
            case NULL -> AmfValue.Null.VALUE;
            case FALSE -> new AmfValue.Bool(false);
            case TRUE -> new AmfValue.Bool(true);
            case INTEGER -> new AmfValue.Num(u29() << 3 >> 3);
            case DOUBLE -> new AmfValue.Num(in.f64("AMF3 double"));
            case STRING -> new AmfValue.Text(text());
            case XML_DOC, XML -> xml();
            case DATE -> date();
            case ARRAY -> array(depth);
            case OBJECT -> object(depth);
            default ->
                throw new MalformedException("AMF3 type marker at byte " + at + " is " + marker + ", expected 0 to 11");
        };
    }

    /** One to four bytes, seven bits each, the fourth with eight (1.3.1). */
    private int u29() throws MalformedException {
        int value = 0;
        for (int i = 0; i < 3; i++) {
            int octet = in.u8("AMF3 integer");
            value = (value << 7) | (octet & 0x7f);
            if (octet < 0x80) {
                return value;
            }
        }
        return (value << 8) | in.u8("AMF3 integer");
    }

    private String text() throws MalformedException {
        int header = u29();
        if ((header & 1) == 0) {
            return at(texts, header >> 1, "string");
        }
        String text = in.text(header >> 1, "AMF3 string");
        if (!text.isEmpty()) {
            texts.add(text);
        }
        return text;
    }

    private AmfValue xml() throws MalformedException {
        int header = u29();
        return (header & 1) == 0
                ? new AmfValue.Reference(header >> 1)
                : new AmfValue.Xml(in.text(header >> 1, "AMF3 XML"));
    }

    private AmfValue date() throws MalformedException {
        int header = u29();
        return (header & 1) == 0 ? new AmfValue.Reference(header >> 1) : new AmfValue.Date(in.f64("AMF3 date"));
    }

    private AmfValue array(int depth) throws MalformedException {
        int header = u29();
        if ((header & 1) == 0) {
            return new AmfValue.Reference(header >> 1);
        }
        int count = in.count(header >> 1);
        Map<String, AmfValue> named = dynamicMembers(depth, new LinkedHashMap<>());
        List<AmfValue> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(value(depth + 1));
        }
        if (named.isEmpty()) {
            return new AmfValue.StrictArray(values);
        }
        for (int i = 0; i < values.size(); i++) {
            named.put(Integer.toString(i), values.get(i));
        }
        return new AmfValue.EcmaArray(named);
    }

    private AmfValue object(int depth) throws MalformedException {
        int header = u29();
        if ((header & 1) == 0) {
            return new AmfValue.Reference(header >> 1);
        }
        Traits shape = (header & 2) == 0 ? at(traits, header >> 2, "traits") : newTraits(header);
        Map<String, AmfValue> members = new LinkedHashMap<>();
        for (String name : shape.sealed()) {
            members.put(name, value(depth + 1));
        }
        if (shape.dynamic()) {
            dynamicMembers(depth, members);
        }
        return new AmfValue.Obj(shape.className(), members);
    }

    private Traits newTraits(int header) throws MalformedException {
        if ((header & 4) != 0) {
            throw new MalformedException("AMF3 object is externalizable, expected one with named members");
        }
        String className = text();
        int count = in.count(header >> 4);
        List<String> sealed = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            in.countValue(1);
            sealed.add(text());
        }
        Traits shape = new Traits(className, sealed, (header & 8) != 0);
        traits.add(shape);
        return shape;
    }

    private Map<String, AmfValue> dynamicMembers(int depth, Map<String, AmfValue> members) throws MalformedException {
        for (String name = text(); !name.isEmpty(); name = text()) {
            members.put(name, value(depth + 1));
        }
        return members;
    }

    private static <T> T at(List<T> table, int index, String what) throws MalformedException {
        if (index >= table.size()) {
            throw new MalformedException(
                    "AMF3 " + what + " reference is " + index + ", expected below " + table.size());
        }
        return table.get(index);
    }
}
