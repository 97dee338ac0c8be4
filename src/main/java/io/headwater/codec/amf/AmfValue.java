package io.headwater.codec.amf;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One value of the Action Message Format, AMF0 or AMF3. Immutable. */
public sealed interface AmfValue {

    /** A number; AMF3 integers are numbers too. */
    record Num(double value) implements AmfValue {}

    record Bool(boolean value) implements AmfValue {}

    /** A text of any length; written as a long string from 65536 bytes on. */
    record Text(String value) implements AmfValue {}

    /** An XML document, as its text. */
    record Xml(String value) implements AmfValue {}

    /** Milliseconds since 1970 in UTC; the time zone that AMF0 carries beside them is reserved (AMF0, 2.13). */
    record Date(double millis) implements AmfValue {}

    record Null() implements AmfValue {
        public static final Null VALUE = new Null();
    }

    /** Also what AMF0 calls "unsupported". */
    record Undefined() implements AmfValue {
        public static final Undefined VALUE = new Undefined();
    }

    /** A complex value that came earlier in the same message, by its number; never followed (AMF0, 2.9). */
    record Reference(int index) implements AmfValue {}

    /** Named members in order; {@code className} is empty for an anonymous object. */
    record Obj(String className, Map<String, AmfValue> members) implements AmfValue {
        public static final Obj EMPTY = new Obj(Map.of());

        public Obj {
            members = ordered(members);
        }

        public Obj(Map<String, AmfValue> members) {
            this("", members);
        }

        public Optional<AmfValue> get(String name) {
            return Optional.ofNullable(members.get(name));
        }

        /** This object with one more member at its end, or another value for a member it has. */
        public Obj with(String name, AmfValue value) {
            Map<String, AmfValue> more = new LinkedHashMap<>(members);
            more.put(name, value);
            return new Obj(className, more);
        }

        public Obj with(String name, String value) {
            return with(name, new Text(value));
        }

        public Obj with(String name, double value) {
            return with(name, new Num(value));
        }
    }

    /** An associative array: named members in order. Encoders write {@code onMetaData} as one. */
    record EcmaArray(Map<String, AmfValue> members) implements AmfValue {
        public EcmaArray {
            members = ordered(members);
        }

        public Optional<AmfValue> get(String name) {
            return Optional.ofNullable(members.get(name));
        }
    }

    /** A list of values. */
    record StrictArray(List<AmfValue> values) implements AmfValue {
        public StrictArray {
            values = List.copyOf(values);
        }
    }

    static AmfValue of(double value) {
        return new Num(value);
    }

    static AmfValue of(String value) {
        return new Text(value);
    }

    static AmfValue of(boolean value) {
        return new Bool(value);
    }

    /** The text, if this is one. */
    default Optional<String> asText() {
        return this instanceof Text text ? Optional.of(text.value()) : Optional.empty();
    }

    /** The number, or {@code otherwise} if this is none. */
    default double asNumber(double otherwise) {
        return this instanceof Num number ? number.value() : otherwise;
    }

    /** The named members of an object or an associative array; of anything else, none. */
    default Map<String, AmfValue> asMembers() {
        if (this instanceof Obj object) {
            return object.members();
        }
        return this instanceof EcmaArray array ? array.members() : Map.of();
    }

    private static Map<String, AmfValue> ordered(Map<String, AmfValue> members) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }
}
