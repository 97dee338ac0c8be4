package io.headwater.codec.hls;

import io.headwater.media.Track;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * Names a track with its decoder configuration in a {@link Mark}.
 *
 * @param id {@link Track#id()}
 * @param digest CRC-32 of the codec's number and the configuration, as an int
 */
public record TrackRef(int id, int digest) {
    public static TrackRef of(Track track) {
        CRC32 crc = new CRC32();
        crc.update(track.codec().wireId());
        crc.update(track.config().buffer());
        crc.update(ByteBuffer.allocate(16)
                .putInt(track.width())
                .putInt(track.height())
                .putInt(track.sampleRate())
                .putInt(track.channels())
                .flip());
        return new TrackRef(track.id(), (int) crc.getValue());
    }
}
