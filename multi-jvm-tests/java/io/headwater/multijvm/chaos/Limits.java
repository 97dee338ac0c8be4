package io.headwater.multijvm.chaos;

/**
 * What a row must keep to.
 *
 * @param gapMs the 99th percentile of the players' gaps beyond the normal interval of pictures
 * @param resumeMs the 99th percentile of the time from the end of the fault to the first picture
 * @param newPlayMs the 99th percentile of the time from a new player's request to its first picture
 */
record Limits(double gapMs, double resumeMs, double newPlayMs) {
    static final double ANY = Double.POSITIVE_INFINITY;
    /** What no gap at all looks like on a machine that is busy with seven processes. */
    static final double NONE = 100;

    static Limits gap(double ms) {
        return new Limits(ms, ANY, ANY);
    }

    Limits newPlay(double ms) {
        return new Limits(gapMs, resumeMs, ms);
    }

    Limits resume(double ms) {
        return new Limits(gapMs, ms, newPlayMs);
    }
}
