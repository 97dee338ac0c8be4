package io.headwater.codec.rtmp;

/** The message types of RTMP 1.0, 5.4 and 7.1. */
public final class MessageType {
    public static final int SET_CHUNK_SIZE = 1;
    public static final int ABORT = 2;
    public static final int ACKNOWLEDGEMENT = 3;
    public static final int USER_CONTROL = 4;
    public static final int WINDOW_ACK_SIZE = 5;
    public static final int SET_PEER_BANDWIDTH = 6;
    public static final int AUDIO = 8;
    public static final int VIDEO = 9;
    /** A data message that starts with a zero byte and goes on as {@link #DATA_AMF0}. */
    public static final int DATA_AMF3 = 15;
    /** A command that starts with a zero byte and goes on as {@link #COMMAND_AMF0}. */
    public static final int COMMAND_AMF3 = 17;

    public static final int DATA_AMF0 = 18;
    public static final int COMMAND_AMF0 = 20;
    /** Several messages in one, each as an FLV tag (7.1.6). */
    public static final int AGGREGATE = 22;

    private MessageType() {}
}
