package io.headwater.codec.rtmp;

import io.headwater.codec.MalformedException;
import io.headwater.codec.amf.Amf0Reader;
import io.headwater.codec.amf.Amf0Writer;
import io.headwater.codec.amf.AmfValue;
import io.headwater.media.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A remote call or the answer to one (RTMP 1.0, 7.2), as it is on the wire; {@link Call} gives it a meaning.
 *
 * @param name what is called, {@code _result}, {@code _error} or {@code onStatus}
 * @param transaction ties an answer to its call; 0 where no answer is wanted
 * @param object the command object, mostly {@link AmfValue#NULL}
 * @param arguments what follows it
 */
public record Command(String name, double transaction, AmfValue object, List<AmfValue> arguments) {
    public static final String RESULT = "_result";
    public static final String ERROR = "_error";
    public static final String ON_STATUS = "onStatus";

    public Command {
        arguments = List.copyOf(arguments);
    }

    public static Command of(String name, double transaction, AmfValue object, AmfValue... arguments) {
        return new Command(name, transaction, object, Arrays.asList(arguments));
    }

    public static Command result(double transaction, AmfValue object, AmfValue... arguments) {
        return of(RESULT, transaction, object, arguments);
    }

    public static Command error(double transaction, Status status) {
        return of(ERROR, transaction, AmfValue.Null.VALUE, status.toAmf());
    }

    public static Command onStatus(Status status) {
        return of(ON_STATUS, 0, AmfValue.Null.VALUE, status.toAmf());
    }

    /** The command in a message of type {@link MessageType#COMMAND_AMF0} or {@link MessageType#COMMAND_AMF3}. */
    public static Command read(RtmpMessage message) throws MalformedException {
        List<AmfValue> values = Amf0Reader.readAll(amf0Of(message));
        if (values.isEmpty() || values.get(0).asText().isEmpty()) {
            throw new MalformedException("command message does not start with a name");
        }
        double transaction = values.size() > 1 ? values.get(1).asNumber(0) : 0;
        AmfValue object = values.size() > 2 ? values.get(2) : AmfValue.Null.VALUE;
        List<AmfValue> arguments = values.size() > 3 ? values.subList(3, values.size()) : List.of();
        return new Command(values.get(0).asText().orElse(""), transaction, object, arguments);
    }

    /** This command as an AMF0 message on that message stream. */
    public RtmpMessage toMessage(int streamId) {
        List<AmfValue> values = new ArrayList<>(List.of(AmfValue.of(name), AmfValue.of(transaction), object));
        values.addAll(arguments);
        return new RtmpMessage(MessageType.COMMAND_AMF0, streamId, 0, Amf0Writer.encode(values));
    }

    /** The AMF0 part of a command or data message: the AMF3 types have a zero byte before it. */
    public static Bytes amf0Of(RtmpMessage message) {
        boolean amf3 = message.type() == MessageType.COMMAND_AMF3 || message.type() == MessageType.DATA_AMF3;
        Bytes body = message.body();
        return amf3 && !body.isEmpty() && body.at(0) == 0 ? body.from(1) : body;
    }

    /** An argument, {@link AmfValue#UNDEFINED} if there are fewer. */
    public AmfValue argument(int index) {
        return index < arguments.size() ? arguments.get(index) : AmfValue.Undefined.VALUE;
    }
}
