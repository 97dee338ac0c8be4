package io.headwater.relay;

import io.headwater.codec.relay.RelayMessage;
import io.headwater.codec.relay.RelayProtocol;
import io.headwater.codec.relay.RelayWriter;
import io.headwater.media.Frame;
import io.headwater.media.Track;
import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.stream.Entry;
import java.util.HashMap;
import java.util.Map;

/** Turns a subscription's entries into what follows a welcome: tracks before their first frame, epochs, frames. */
final class FrameSender {
    /** Up to this length a payload is copied behind its head: one piece costs less than two. */
    private static final int COPIED_PAYLOAD = 2048;

    private final int maxFrameBytes;
    private final Counters counters;
    private final Map<Integer, Track> sent = new HashMap<>();
    private long epoch;

    /** @param epoch the one the peer was welcomed in */
    FrameSender(long epoch, int maxFrameBytes, Counters counters) {
        this.epoch = epoch;
        this.maxFrameBytes = maxFrameBytes;
        this.counters = counters;
    }

    /**
     * Adds what the peer needs for {@code entry}.
     *
     * @param restarted whether the peer needs all tracks in force before it
     * @return whether the frame itself is relayed; one that breaks a limit of the protocol is left out
     */
    boolean add(Entry entry, boolean restarted, Batch to) {
        Frame frame = entry.frame();
        if (frame.epoch() != epoch) {
            if (frame.epoch() < epoch) {
                throw new IllegalStateException("frame of epoch " + frame.epoch() + " after epoch " + epoch);
            }
            epoch = frame.epoch();
            sent.clear();
            to.add(RelayWriter.write(new RelayMessage.Epoch(epoch)));
        }
        if (restarted || sent.isEmpty()) {
            entry.tracks().all().forEach(track -> track(track, to));
        }
        int length = frame.payload().length();
        if (!track(frame.track(), to) || length > maxFrameBytes) {
            counters.increment(Metric.RELAY_FRAMES_OVERSIZED);
            return false;
        }
        Frame sendable = withinLimits(frame);
        if (length <= COPIED_PAYLOAD) {
            to.add(RelayWriter.frame(sendable));
        } else {
            to.add(RelayWriter.frameHead(sendable));
            to.add(frame.payload());
        }
        return true;
    }

    /** Announces {@code track} if it is not in force at the peer; says whether it is then. */
    @SuppressWarnings("ReferenceEquality") // the same object nearly always, once a frame
    private boolean track(Track track, Batch to) {
        Track known = sent.get(track.id());
        if (track == known) {
            return true;
        }
        if (track.config().length() > RelayProtocol.MAX_CONFIG) {
            return false;
        }
        if (!track.equals(known)) {
            to.add(RelayWriter.write(RelayMessage.TrackInForce.of(track)));
        }
        sent.put(track.id(), track);
        return true;
    }

    private static Frame withinLimits(Frame frame) {
        if (RelayWriter.extensionsLength(frame.extensions()) <= RelayProtocol.MAX_EXTENSIONS) {
            return frame;
        }
        return new Frame(
                frame.epoch(),
                frame.sequence(),
                frame.track(),
                frame.dtsUs(),
                frame.ptsUs(),
                frame.keyframe(),
                frame.payload());
    }
}
