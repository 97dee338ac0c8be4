package io.headwater.codec.flv;

import io.headwater.codec.MalformedException;
import io.headwater.media.Bytes;
import io.headwater.media.Frame;
import io.headwater.media.Track;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A demuxer, with everything that came out of it. */
final class Heard implements FlvDemuxer.Output {
    final FlvDemuxer demuxer = new FlvDemuxer();
    final List<Frame> frames = new ArrayList<>();
    final List<String> dropped = new ArrayList<>();

    Heard tag(int type, long timestampMs, String hex) throws MalformedException {
        demuxer.tag(type, timestampMs, Bytes.of(HexFormat.of().parseHex(hex.replace(" ", ""))), this);
        return this;
    }

    Heard video(long timestampMs, String hex) throws MalformedException {
        return tag(FlvTag.VIDEO, timestampMs, hex);
    }

    Heard audio(long timestampMs, String hex) throws MalformedException {
        return tag(FlvTag.AUDIO, timestampMs, hex);
    }

    Heard script(long timestampMs, String hex) throws MalformedException {
        return tag(FlvTag.SCRIPT, timestampMs, hex);
    }

    Frame last() {
        return frames.get(frames.size() - 1);
    }

    @Override
    public void frame(Track track, long dtsUs, long ptsUs, boolean keyframe, Bytes payload) {
        frames.add(new Frame(1, frames.size(), track, dtsUs, ptsUs, keyframe, payload));
    }

    @Override
    public void dropped(FlvDemuxer.Reason reason, String what) {
        dropped.add(reason + " " + what);
    }

    /** {@code codec dts+offset key payload}, milliseconds, one frame a line. */
    String story() {
        StringBuilder text = new StringBuilder();
        for (Frame frame : frames) {
            Bytes payload = frame.payload();
            text.append(frame.track().codec())
                    .append(' ')
                    .append(frame.dtsUs() / 1000)
                    .append('+')
                    .append((frame.ptsUs() - frame.dtsUs()) / 1000)
                    .append(frame.keyframe() ? " key " : " ")
                    .append(HexFormat.of().formatHex(payload.toByteArray()))
                    .append('\n');
        }
        return text.toString();
    }
}
