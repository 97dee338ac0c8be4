package io.headwater.codec.hls;

import io.headwater.media.Bytes;
import io.headwater.media.Track;
import java.util.List;

/** An init section: what a player needs before the segments with the same number, see {@link Mark#init}. */
public record Init(long epoch, int init, Bytes bytes, List<Track> tracks) {
    public Init {
        tracks = List.copyOf(tracks);
    }
}
