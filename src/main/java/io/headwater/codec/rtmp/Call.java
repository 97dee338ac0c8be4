package io.headwater.codec.rtmp;

import io.headwater.codec.amf.AmfValue;

/** What a client asks of a server, with what it said for it. Read by {@link #of}, which never fails: see {@link Unknown}. */
public sealed interface Call {
    /** Ties the answer to the call; 0 where none is wanted. */
    double transaction();

    /** {@code app}, {@code tcUrl} and the like are members of {@code properties}. */
    record Connect(double transaction, AmfValue properties) implements Call {
        public String text(String name) {
            AmfValue value = properties.asMembers().get(name);
            return value == null ? "" : value.asText().orElse("");
        }

        /** 0 for AMF0, 3 for AMF3. */
        public double objectEncoding() {
            AmfValue value = properties.asMembers().get("objectEncoding");
            return value == null ? 0 : value.asNumber(0);
        }
    }

    record CreateStream(double transaction) implements Call {}

    /** Flash-era encoders say this before publishing, to clear what a session of theirs left behind. */
    record ReleaseStream(double transaction, String name) implements Call {}

    record FcPublish(double transaction, String name) implements Call {}

    record FcUnpublish(double transaction, String name) implements Call {}

    /** @param type {@code live}, {@code record} or {@code append} */
    record Publish(double transaction, String name, String type) implements Call {}

    /** @param start seconds; -1 for live only, -2 for live or recorded */
    record Play(double transaction, String name, double start) implements Call {}

    record Pause(double transaction, boolean paused) implements Call {}

    record ReceiveAudio(double transaction, boolean wanted) implements Call {}

    record ReceiveVideo(double transaction, boolean wanted) implements Call {}

    record DeleteStream(double transaction, int streamId) implements Call {}

    /** Ends what the message stream it arrives on does, and keeps the message stream. */
    record CloseStream(double transaction) implements Call {}

    record GetStreamLength(double transaction, String name) implements Call {}

    record CheckBandwidth(double transaction) implements Call {}

    /** Any other command, answers to the server's own calls included. */
    record Unknown(double transaction, String name) implements Call {
        /** Whether the sender waits for an answer: it gave a number to it, and it is no answer itself. */
        public boolean isAnswered() {
            return transaction != 0 && !name.startsWith("_") && !name.startsWith("on");
        }
    }

    static Call of(Command command) {
        double transaction = command.transaction();
        AmfValue first = command.argument(0);
        String name = first.asText().orElse("");
        return switch (command.name()) {
            case "connect" -> new Connect(transaction, command.object());
            case "createStream" -> new CreateStream(transaction);
            case "releaseStream" -> new ReleaseStream(transaction, name);
            case "FCPublish" -> new FcPublish(transaction, name);
            case "FCUnpublish" -> new FcUnpublish(transaction, name);
            case "publish" ->
                first.equals(AmfValue.of(false))
                        ? new CloseStream(transaction)
                        : new Publish(
                                transaction, name, command.argument(1).asText().orElse("live"));
            case "play", "play2" ->
                first.equals(AmfValue.of(false))
                        ? new CloseStream(transaction)
                        : new Play(transaction, name, command.argument(1).asNumber(-2));
            case "pause", "pauseRaw" -> new Pause(transaction, !first.equals(AmfValue.of(false)));
            case "receiveAudio" -> new ReceiveAudio(transaction, !first.equals(AmfValue.of(false)));
            case "receiveVideo" -> new ReceiveVideo(transaction, !first.equals(AmfValue.of(false)));
            case "deleteStream" -> new DeleteStream(transaction, (int) first.asNumber(0));
            case "closeStream" -> new CloseStream(transaction);
            case "getStreamLength" -> new GetStreamLength(transaction, name);
            case "_checkbw", "checkBandwidth" -> new CheckBandwidth(transaction);
            default -> new Unknown(transaction, command.name());
        };
    }
}
