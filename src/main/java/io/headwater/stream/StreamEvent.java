package io.headwater.stream;

/**
 * Something that happened to a stream and that an operator would want told.
 *
 * @param atMs wall clock of the node where it happened; 0 until it is recorded
 * @param from the node or peer it went away from, empty if none
 * @param to where it went, empty if nowhere
 * @param why one line for people
 * @param gapMs how long no frame came, -1 if that was not measured
 * @param framesLost frames missing in it, -1 if that was not measured
 * @param epoch the publishing session it belongs to, 0 if unknown
 */
public record StreamEvent(
        long atMs, Kind kind, String from, String to, String why, long gapMs, long framesLost, long epoch) {

    /** What happened. */
    public enum Kind {
        /** A publisher of this node holds the stream. */
        PUBLISHER_CAME("publisherCame"),
        /** It left, or was lost. */
        PUBLISHER_LEFT("publisherLeft"),
        /** A newer publisher has the stream; this node's was told to stop. */
        PUBLISHER_SUPERSEDED("publisherSuperseded"),
        /** A publisher that stood by has the stream now. */
        STANDBY_PROMOTED("standbyPromoted"),
        /** The publisher was asked to go on at another node. */
        PUBLISHER_REDIRECTED("publisherRedirected"),
        /** Frames come from another node than before. */
        FEED_CHANGED("feedChanged"),
        /** Frames of another publishing session come from the same feed. */
        EPOCH_CHANGED("epochChanged"),
        /** A feed was given up. */
        FEED_LOST("feedLost"),
        /** A feed was silent for too long: another was opened beside it. */
        FEED_SILENT("feedSilent"),
        /** Frames are missing although the feed is the same. */
        FRAMES_MISSING("framesMissing"),
        /** The stream has a new main origin. */
        MAIN_ORIGIN("mainOrigin"),
        /** Another node feeds its group from outside, or nobody any more. */
        SECONDARY_ORIGIN("secondaryOrigin"),
        /** The publisher is gone; players are held. */
        HELD("held"),
        /** The stream is over. */
        ENDED("ended"),
        /** It was published twice at once; this side gave way. */
        CONCEDED("conceded"),
        /** The same, and the other side has to give way. */
        PREVAILED("prevailed"),
        /** Two sessions had one epoch; settled by name. */
        EPOCH_TIE("epochTie"),
        /** A publisher of an older session was told to stop. */
        FENCED("fenced"),
        /** A limit was reached; the newest request was refused. */
        REFUSED("refused");

        private final String wireName;

        Kind(String wireName) {
            this.wireName = wireName;
        }

        /** The spelling of the REST API. */
        public String wireName() {
            return wireName;
        }
    }

    public static StreamEvent of(Kind kind, String why) {
        return new StreamEvent(0, kind, "", "", why, -1, -1, 0);
    }

    public StreamEvent between(String newFrom, String newTo) {
        return new StreamEvent(atMs, kind, newFrom, newTo, why, gapMs, framesLost, epoch);
    }

    public StreamEvent costing(long newGapMs, long newFramesLost) {
        return new StreamEvent(atMs, kind, from, to, why, newGapMs, newFramesLost, epoch);
    }

    public StreamEvent in(long newEpoch) {
        return new StreamEvent(atMs, kind, from, to, why, gapMs, framesLost, newEpoch);
    }

    StreamEvent at(long newAtMs) {
        return new StreamEvent(newAtMs, kind, from, to, why, gapMs, framesLost, epoch);
    }

    /** One line for the log. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(kind.wireName);
        if (!from.isEmpty() || !to.isEmpty()) {
            line.append(' ').append(from.isEmpty() ? "-" : from).append(" -> ").append(to.isEmpty() ? "-" : to);
        }
        line.append(": ").append(why);
        if (gapMs >= 0) {
            line.append(", gap ").append(gapMs).append(" ms");
        }
        if (framesLost >= 0) {
            line.append(", ").append(framesLost).append(" frames lost");
        }
        return epoch > 0 ? line.append(", epoch ").append(epoch).toString() : line.toString();
    }
}
