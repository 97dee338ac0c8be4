package io.headwater.codec.flv;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import io.headwater.media.Codec;
import io.headwater.media.Track;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The script tags of one publisher (Adobe FLV 10.1, E.4.4): {@code onMetaData} becomes a track that every later player
 * gets first, everything else a frame of the moment. Only the name is read; the values pass through unread.
 */
final class ScriptDemuxer {
    /** Metadata is kept and sent to every new player, so a publisher may not make it large. */
    static final int MAX_METADATA = 64 * 1024;

    private static final int AMF_STRING = 0x02;
    private static final int AMF_LONG_STRING = 0x0c;

    private static final Bytes SET_DATA_FRAME = ascii("@setDataFrame");
    private static final Bytes CLEAR_DATA_FRAME = ascii("@clearDataFrame");
    private static final Bytes ON_META_DATA = ascii("onMetaData");

    private static final Track SCRIPT = new Track(Track.SCRIPT, Codec.SCRIPT, Bytes.EMPTY, 0, 0, 0, 0);

    private @Nullable Track metadata;

    void tag(long dtsUs, Bytes body, FlvDemuxer.Output out) throws MalformedException {
        if (body.isEmpty()) {
            out.dropped(FlvDemuxer.Reason.EMPTY, "script tag");
            return;
        }
        TagReader in = new TagReader("script", body);
        Bytes name = name(in);
        int nameAt = 0;
        if (name.equals(SET_DATA_FRAME)) {
            // what an encoder tells its server: keep the message that follows
            nameAt = body.length() - in.remaining();
            name = name(in);
        }
        if (name.equals(ON_META_DATA)) {
            metadata(dtsUs, in.rest(), out);
        } else if (name.equals(CLEAR_DATA_FRAME)) {
            out.dropped(FlvDemuxer.Reason.UNKNOWN, "@clearDataFrame");
        } else {
            out.frame(SCRIPT, dtsUs, dtsUs, true, body.from(nameAt));
        }
    }

    private void metadata(long dtsUs, Bytes values, FlvDemuxer.Output out) {
        if (values.length() > MAX_METADATA) {
            out.dropped(FlvDemuxer.Reason.TOO_LONG, "onMetaData");
            return;
        }
        Track present = metadata;
        if (present == null || !present.config().equals(values)) {
            present = Track.metadata(Bytes.of(values.toByteArray()));
            metadata = present;
            out.frame(present, dtsUs, dtsUs, true, Bytes.EMPTY);
        }
    }

    private static Bytes name(TagReader in) throws MalformedException {
        int marker = in.u8("name");
        int length = switch (marker) {
            case AMF_STRING -> in.u16("name");
            case AMF_LONG_STRING -> in.u32("name");
            default ->
                throw new MalformedException(
                        "script tag begins with AMF0 marker " + marker + ", expected a string (2 or 12)");
        };
        if (length < 0) {
            throw new MalformedException("script tag has a name of " + Integer.toUnsignedString(length) + " bytes");
        }
        return in.take(length, "name");
    }

    private static Bytes ascii(String text) {
        return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
    }
}
