package io.headwater.codec.relay;

/** The numbers of {@code docs/relay-protocol.md}. Sizes are in bytes. */
public final class RelayProtocol {
    /** "HWRL", the first bytes of a connection. */
    public static final int MAGIC = 0x4857524c;

    /** The only major version this build speaks. */
    public static final int MAJOR = 1;

    /** What this build knows of {@link #MAJOR}. */
    public static final int MINOR = 1;

    public static final int NONCE_LENGTH = 32;
    public static final int PROOF_LENGTH = 32;
    public static final int OPENING_LENGTH = 40;
    /** Body length and type. */
    public static final int HEADER_LENGTH = 5;
    /** Of a frame's body: track, flags, sequence, decoding time, presentation time. */
    public static final int FRAME_FIELDS_LENGTH = 26;

    public static final int MAX_NODES = 64;
    public static final int MAX_TEXT = 512;
    public static final int MAX_CONFIG = 64 << 10;
    public static final int MAX_EXTENSIONS = 4096;
    /** Of a message's body, for every type but {@link #FRAME}, {@link #TRACK} and those this version does not know. */
    public static final int MAX_SMALL_BODY = 8 << 10;
    /** Of the body of a message of unknown type; it is skipped without being kept. */
    public static final int MAX_UNKNOWN_BODY = 1 << 20;

    static final int CHALLENGE = 1;
    static final int HELLO = 2;
    static final int ACCEPT = 3;
    static final int REFUSE = 4;
    static final int WELCOME = 5;
    static final int TRACK = 6;
    static final int FRAME = 7;
    static final int PATH = 8;
    static final int EPOCH = 9;
    static final int KEEP_ALIVE = 10;
    static final int ECHO = 11;
    static final int END = 12;

    /** Of a hello, empty: what fed the downstream is silent or gone. */
    static final int OPTION_IN_NEED = 1;
    /** Of a hello: what the downstream knows of the numbers of HLS. */
    static final int OPTION_NUMBERS = 2;
    /** Of a hello, empty: the downstream wants what there is. */
    static final int OPTION_OLDEST = 3;

    static final int NUMBERS_LENGTH = 24;

    static final int FLAG_PROOF_WANTED = 1;
    static final int FLAG_RESUMED = 1;
    static final int FLAG_KEYFRAME = 1;
    static final int FLAG_EXTENSIONS = 2;

    private RelayProtocol() {}
}
