package io.headwater.multijvm.chaos;

import java.util.List;

/** The main origin dies while a backup publisher sends the same stream to another node. */
final class BackupRow {
    private BackupRow() {}

    static void play(Round round) {
        String main = round.oneOf(ChaosCluster.inGroup("region1"));
        String standby = round.oneOf(ChaosCluster.allBut(main));
        round.begin(main, List.of());
        NumberedPublisher backup = round.show.begin(standby, "?role=backup");
        round.show.published(backup, standby);
        Show.goesOn(round.show.watchers(), 2 * Show.SECOND, "with a backup that stands by");
        round.check(backup.ended().isEmpty(), "the backup was sent away: " + backup.ended());
        round.show.forget(main);
        round.fault();
        round.cluster.node(main).kill();
        double keyframeMs = backup.untilKeyframeNanos() / 1e6;
        Show.shows(round.show.watchers(), backup);
        Show.goesOn(round.show.watchers(), 2 * Show.SECOND, "with the backup");
        round.gaps(round.show.watchers(), keyframeMs);
        round.over();
        round.outcome().note("gap: beyond the backup's next keyframe");
        String back = round.oneOf(ChaosCluster.allBut(main, standby));
        NumberedPublisher primary = round.show.publish(back);
        Show.shows(round.show.watchers(), primary);
        Show.goesOn(round.show.watchers(), Show.SECOND, "with the primary that came back");
        round.check(backup.ended().isEmpty(), "the backup was sent away by the primary: " + backup.ended());
        round.look(round.show);
    }
}
