package io.headwater.stream;

import io.headwater.codec.hls.SegmenterSettings;
import java.time.Duration;
import java.util.Optional;

/**
 * How the streams of one application behave; see {@code headwater.apps} in {@code reference.conf}.
 *
 * @param onConflict what happens to a second publisher of a live stream
 * @param backupReturn whether a publisher takes the stream back from a backup that went live in its place; of use with
 *     {@link Directory.OnConflict#BACKUP}
 * @param publisherGrace how long players are kept for a publisher that went away
 * @param endOnUnpublish whether a publisher that says goodbye ends its stream at once instead of after the grace
 * @param park how long a play waits for a publisher before it is "not found"; zero answers at once
 * @param linger how long a node goes on pulling a stream after its last subscriber left
 * @param start where new players start
 * @param maxLag how far a subscriber may fall behind the frames that arrived before it loses whole groups of pictures
 * @param maxLagBytes the same in bytes
 * @param slowFor a subscriber that keeps losing groups of pictures for this long is disconnected
 * @param onlyRegistered whether a publisher is refused whose broadcast was not created before
 * @param writeMerge frames for players are collected for this long before they are written, 0 to 1000 ms
 * @param noDelay whether the kernel sends each write to a player at once ({@code TCP_NODELAY}); if not, it keeps a small one
 *     back until the player has acknowledged the one before
 * @param segments how streams published here are cut for HLS; empty if they are not
 */
public record AppSettings(
        Directory.OnConflict onConflict,
        boolean backupReturn,
        Duration publisherGrace,
        boolean endOnUnpublish,
        Duration park,
        Duration linger,
        Start start,
        Duration maxLag,
        long maxLagBytes,
        Duration slowFor,
        boolean onlyRegistered,
        Duration writeMerge,
        boolean noDelay,
        Optional<SegmenterSettings> segments) {

    /** Where a new player starts. */
    public enum Start {
        /** At the newest keyframe in memory: first picture at once. */
        KEYFRAME_CACHED,
        /** At the next keyframe: lowest delay. */
        LIVE
    }

    public static AppSettings defaults() {
        return new AppSettings(
                Directory.OnConflict.TAKEOVER,
                true,
                Duration.ofSeconds(15),
                false,
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Start.KEYFRAME_CACHED,
                Duration.ofSeconds(5),
                16L << 20,
                Duration.ofSeconds(30),
                false,
                Duration.ZERO,
                true,
                Optional.of(SegmenterSettings.DEFAULT));
    }
}
