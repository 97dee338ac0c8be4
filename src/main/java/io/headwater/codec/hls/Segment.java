package io.headwater.codec.hls;

import io.headwater.media.Bytes;
import java.util.List;

/**
 * A segment, complete or still growing; its bytes are those of its parts one after the other.
 *
 * @param mark the one it starts with
 * @param durationUs the sum of its parts, or for a gap the time it takes as well as that is known
 * @param complete false while parts may follow
 * @param cutShort its epoch ended without a word, and nodes may know different numbers of its parts: a name must tell how
 *     many of them are meant
 * @param gap some of its frames never came here, so it cannot be served; {@code parts} are those that can be
 */
public record Segment(
        long epoch, Mark mark, List<Part> parts, long durationUs, boolean complete, boolean cutShort, boolean gap) {
    public Segment {
        parts = List.copyOf(parts);
    }

    /** The name of the whole segment, or of what there is of it. */
    public ResourceName name() {
        return cutShort || gap
                ? new ResourceName.ShortSegmentFile(epoch, mark.segment(), gap ? 0 : parts.size())
                : new ResourceName.SegmentFile(epoch, mark.segment());
    }

    /** The same as a transport stream, of which it is one part whose number is that of the last it covers. */
    public ResourceName.TsFile tsName() {
        if (gap) {
            return new ResourceName.TsFile(epoch, mark.segment(), 0);
        }
        return new ResourceName.TsFile(
                epoch, mark.segment(), cutShort ? parts.get(parts.size() - 1).part() + 1 : ResourceName.TsFile.WHOLE);
    }

    /** The whole segment as a list of buffers to be sent one after the other. */
    public List<Bytes> bytes() {
        return parts.stream().map(Part::bytes).toList();
    }

    public long length() {
        return parts.stream().mapToLong(part -> part.bytes().length()).sum();
    }

    /** Whether players must be told of a break between {@code before} and this one. */
    public boolean breaksWith(Segment before) {
        return epoch != before.epoch || mark.discontinuity() != before.mark.discontinuity();
    }
}
