package io.headwater.multijvm.chaos;

/**
 * What a row must keep to.
 *
 * @param gapMs the 99th percentile of the players' gaps beyond the normal interval of pictures
 * @param resumeMs the 99th percentile of the time from the end of the fault to the first picture
 * @param newPlayMs the 99th percentile of the time from a new player's request to its first picture
 * @param movedMs the same as {@code gapMs} where the publisher moved, beyond its own absence
 * @param doubledMs the longest time for which a stream entered a region twice
 */
record Limits(double gapMs, double resumeMs, double newPlayMs, double movedMs, double doubledMs) {
    static final double ANY = Double.POSITIVE_INFINITY;
    /** What no gap at all looks like on a machine that is busy with seven processes. */
    static final double NONE = 100;

    /** What a new session of a publisher may cost beyond its absence. */
    private static final double GOP = 1_000;
    /** A switch may run for so long with both feeds. */
    private static final double DOUBLED = 5_000;

    static Limits gap(double ms) {
        return new Limits(ms, ANY, ANY, GOP, DOUBLED);
    }

    Limits newPlay(double ms) {
        return new Limits(gapMs, resumeMs, ms, movedMs, doubledMs);
    }

    /** Where neither side of a cut can know what the other one pulls. */
    Limits doubled(double ms) {
        return new Limits(gapMs, resumeMs, newPlayMs, movedMs, ms);
    }

    Limits resume(double ms) {
        return new Limits(gapMs, ms, newPlayMs, movedMs, doubledMs);
    }
}
