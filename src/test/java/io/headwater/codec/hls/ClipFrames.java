package io.headwater.codec.hls;

import io.headwater.codec.MalformedException;
import io.headwater.codec.flv.FlvDemuxer;
import io.headwater.codec.flv.FlvReader;
import io.headwater.codec.flv.FlvTag;
import io.headwater.media.Bytes;
import io.headwater.media.Extension;
import io.headwater.media.Frame;
import io.headwater.media.Track;
import io.headwater.media.Tracks;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The frames of an FLV file as a hub numbers them, marked by a segmenter. */
public final class ClipFrames {
    /** A frame and the tracks that are known when it comes. */
    public record Known(Frame frame, Tracks tracks) {}

    private ClipFrames() {}

    public static List<Frame> demo() {
        try (InputStream in = ClipFrames.class.getResourceAsStream("/demo/clip.flv")) {
            return read(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedException e) {
            throw new IllegalStateException(e);
        }
    }

    public static List<Frame> read(byte[] flv) throws MalformedException {
        List<Frame> frames = new ArrayList<>();
        FlvReader reader = new FlvReader(8 << 20);
        FlvDemuxer demuxer = new FlvDemuxer();
        ByteBuffer in = ByteBuffer.wrap(flv);
        for (Optional<FlvTag> tag = reader.read(in); tag.isPresent(); tag = reader.read(in)) {
            demuxer.tag(tag.get().type(), tag.get().timestampMs(), tag.get().body(), new FlvDemuxer.Output() {
                @Override
                public void frame(Track track, long dtsUs, long ptsUs, boolean keyframe, Bytes payload) {
                    frames.add(new Frame(1, frames.size(), track, dtsUs, ptsUs, keyframe, payload));
                }
            });
        }
        return frames;
    }

    /** Marks {@code frames}; the wall clock runs with them from {@code startMs} on. */
    public static List<Known> marked(List<Frame> frames, Segmenter segmenter, long startMs) {
        List<Known> marked = new ArrayList<>();
        Tracks tracks = Tracks.NONE;
        for (Frame frame : frames) {
            tracks = tracks.with(frame.track());
            Mark mark = segmenter.frame(frame, tracks, startMs + frame.dtsUs() / 1000);
            List<Extension> extensions = mark == null ? List.of() : List.of(mark.toExtension());
            marked.add(new Known(
                    new Frame(
                            frame.epoch(),
                            frame.sequence(),
                            frame.track(),
                            frame.dtsUs(),
                            frame.ptsUs(),
                            frame.keyframe(),
                            frame.payload(),
                            extensions),
                    tracks));
        }
        return marked;
    }
}
