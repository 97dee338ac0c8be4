package io.headwater.codec.rtmp;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts whole messages together from the chunks of one connection (RTMP 1.0, 5.3), from bytes cut anywhere.
 *
 * <p>Set Chunk Size and Abort are obeyed here and not handed on. After a {@link MalformedException} the connection can
 * only be closed.
 */
public final class ChunkReader {
    /** Hears whole messages, in order. */
    public interface Output {
        void message(RtmpMessage message) throws MalformedException;
    }

    static final int DEFAULT_CHUNK_SIZE = 128;
    static final int MAX_CHUNK_SIZE = 0xffffff;
    /** A timestamp field of this value says that the timestamp follows in four more bytes. */
    static final int EXTENDED = 0xffffff;

    static final int[] FIELDS_LENGTH = {11, 7, 3, 0};
    private static final int EXTENDED_LENGTH = 4;
    private static final int LONGEST_HEADER = 3 + 11 + EXTENDED_LENGTH;
    /** Chunk stream ids of one basic header byte, which is what everybody uses, are looked up without a map. */
    private static final int LOW_IDS = 64;

    private static final int REPEAT = 3;

    private final RtmpLimits limits;
    private final @Nullable ChunkStream[] lowStreams = new ChunkStream[LOW_IDS];
    private final Map<Integer, ChunkStream> highStreams = new HashMap<>();
    private int streamCount;
    private final byte[] header = new byte[LONGEST_HEADER];
    private int headerLength;
    private int chunkSize = DEFAULT_CHUNK_SIZE;
    private long bytesRead;
    private long partialBytes;

    /** The chunk whose payload is being read, and how much of it is to come. */
    private @Nullable ChunkStream current;

    private int chunkRemaining;

    public ChunkReader(RtmpLimits limits) {
        this.limits = limits;
    }

    /** All bytes taken so far, which acknowledgements report. */
    public long bytesRead() {
        return bytesRead;
    }

    /** Takes all of {@code in}. */
    public void read(ByteBuffer in, Output out) throws MalformedException {
        bytesRead += in.remaining();
        consume(in, out);
    }

    private void consume(ByteBuffer in, Output out) throws MalformedException {
        while (in.hasRemaining()) {
            if (current != null || readHeader(in, out)) {
                readPayload(in, out);
            }
        }
    }

    /** Whether a chunk's payload is due; a header that is not complete is kept until the next bytes. */
    private boolean readHeader(ByteBuffer in, Output out) throws MalformedException {
        int needed = headerNeeds();
        while (needed > 0) {
            if (!in.hasRemaining()) {
                return false;
            }
            int count = Math.min(needed, in.remaining());
            in.get(header, headerLength, count);
            headerLength += count;
            needed = headerNeeds();
        }
        beginChunk(out);
        return current != null;
    }

    /** How many more bytes the header needs, as far as can be told from those that are there; 0 if it is complete. */
    private int headerNeeds() {
        if (headerLength == 0) {
            return 1;
        }
        int basic = basicLength();
        int fields = FIELDS_LENGTH[format()];
        if (headerLength < basic + fields) {
            return basic + fields - headerLength;
        }
        if (fields > 0) {
            int extended = u24(basic) == EXTENDED ? EXTENDED_LENGTH : 0;
            return basic + fields + extended - headerLength;
        }
        ChunkStream stream = known(chunkStreamId());
        boolean undecided = stream != null
                && stream.extended
                && headerLength < basic + EXTENDED_LENGTH
                && echoesTime(stream, basic);
        return undecided ? 1 : 0;
    }

    /**
     * Whether the bytes after a type 3 header are the extended timestamp again, as far as they are there. The
     * specification demands it (5.3.1.3); some encoders leave it out, and some repeat the time instead of the field.
     */
    private boolean echoesTime(ChunkStream stream, int from) {
        boolean field = true;
        boolean time = true;
        for (int i = from; i < headerLength; i++) {
            int shift = 24 - 8 * (i - from);
            field &= (byte) (stream.timeField >> shift) == header[i];
            time &= (byte) (stream.timestamp >> shift) == header[i];
        }
        return field || time;
    }

    private void beginChunk(Output out) throws MalformedException {
        int basic = basicLength();
        int format = format();
        ChunkStream stream = chunkStream(format);
        if (format != REPEAT) {
            drop(stream);
            readFields(stream, format, basic);
        }
        Bytes notAnEcho = Bytes.EMPTY;
        if (format == REPEAT && headerLength > basic && !echoesTime(stream, basic)) {
            notAnEcho = Bytes.of(header.clone(), basic, headerLength - basic);
        }
        headerLength = 0;
        if (!stream.inMessage()) {
            beginMessage(stream, format);
        }
        chunkRemaining = Math.min(chunkSize, stream.remaining());
        current = stream;
        if (chunkRemaining == 0) {
            endChunk(stream, out);
        }
        if (!notAnEcho.isEmpty()) {
            consume(notAnEcho.buffer(), out);
        }
    }

    private void readFields(ChunkStream stream, int format, int at) {
        int time = u24(at);
        stream.extended = time == EXTENDED;
        stream.timeFieldIsAbsolute = format == 0;
        stream.timeField = stream.extended ? u32(at + FIELDS_LENGTH[format]) : time;
        if (format <= 1) {
            stream.length = u24(at + 3);
            stream.type = header[at + 6] & 0xff;
        }
        if (format == 0) {
            // the only little-endian number of the protocol (5.3.1.2.1)
            stream.streamId = Integer.reverseBytes((int) u32(at + 7));
        }
    }

    private void beginMessage(ChunkStream stream, int format) throws MalformedException {
        if (stream.length > limits.messageBytes()) {
            throw new MalformedException("message length is " + stream.length + " (type " + stream.type
                    + "), expected at most " + limits.messageBytes());
        }
        stream.setTime(format == 0);
        stream.begin();
        account(stream.allocated());
    }

    private void readPayload(ByteBuffer in, Output out) throws MalformedException {
        ChunkStream stream = current;
        if (stream == null) {
            return;
        }
        int count = Math.min(chunkRemaining, in.remaining());
        int before = stream.allocated();
        byte[] body = stream.room(count);
        account(stream.allocated() - before);
        in.get(body, stream.advance(count), count);
        chunkRemaining -= count;
        if (chunkRemaining == 0) {
            endChunk(stream, out);
        }
    }

    private void endChunk(ChunkStream stream, Output out) throws MalformedException {
        current = null;
        if (stream.remaining() > 0) {
            return;
        }
        partialBytes -= stream.allocated();
        RtmpMessage message = stream.finish();
        switch (message.type()) {
            case MessageType.SET_CHUNK_SIZE -> chunkSize = ControlMessage.readChunkSize(message.body());
            case MessageType.ABORT -> abort(ControlMessage.readAbort(message.body()));
            default -> out.message(message);
        }
    }

    private void abort(long chunkStreamId) {
        ChunkStream stream = chunkStreamId <= 65_599 ? known((int) chunkStreamId) : null;
        if (stream != null) {
            drop(stream);
        }
    }

    private void drop(ChunkStream stream) {
        partialBytes -= stream.allocated();
        stream.drop();
    }

    private void account(int allocated) throws MalformedException {
        partialBytes += allocated;
        if (partialBytes > limits.partialBytes()) {
            throw new MalformedException("messages begun and not ended hold " + partialBytes
                    + " bytes, expected at most " + limits.partialBytes());
        }
    }

    private ChunkStream chunkStream(int format) throws MalformedException {
        int id = chunkStreamId();
        ChunkStream stream = known(id);
        if (stream != null) {
            return stream;
        }
        // librtmp begins a chunk stream with type 1 when the time is 0
        if (format > 1) {
            throw new MalformedException(
                    "chunk stream " + id + " starts with a header of type " + format + ", expected type 0");
        }
        if (++streamCount > limits.chunkStreams()) {
            throw new MalformedException("more than " + limits.chunkStreams() + " chunk streams on one connection");
        }
        ChunkStream added = new ChunkStream();
        if (id < LOW_IDS) {
            lowStreams[id] = added;
        } else {
            highStreams.put(id, added);
        }
        return added;
    }

    private @Nullable ChunkStream known(int id) {
        return id < LOW_IDS ? lowStreams[id] : highStreams.get(id);
    }

    private int format() {
        return header[0] >> 6 & 3;
    }

    private int basicLength() {
        int low = header[0] & 0x3f;
        return low == 0 ? 2 : low == 1 ? 3 : 1;
    }

    /** 5.3.1.1: 64 and more take a second byte, 320 and more a third. */
    private int chunkStreamId() {
        return switch (header[0] & 0x3f) {
            case 0 -> 64 + (header[1] & 0xff);
            case 1 -> 64 + (header[1] & 0xff) + 256 * (header[2] & 0xff);
            default -> header[0] & 0x3f;
        };
    }

    private int u24(int at) {
        return (header[at] & 0xff) << 16 | (header[at + 1] & 0xff) << 8 | (header[at + 2] & 0xff);
    }

    private long u32(int at) {
        return (long) u24(at) << 8 | (header[at + 3] & 0xff);
    }
}
