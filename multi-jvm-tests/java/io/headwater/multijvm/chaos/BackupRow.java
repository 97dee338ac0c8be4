package io.headwater.multijvm.chaos;

/** The main origin dies while a backup publisher sends the same stream to another node. */
final class BackupRow {
    private BackupRow() {}

    /** The backup says that it is one. */
    static void byRole(Round round) {
        play(round, round.show, "?role=backup");
    }

    /** The application says that the second publisher of a stream stands by, and that a primary takes it back. */
    static void byPolicy(Round round) {
        play(round, round.inApp(ChaosCluster.BACKUP_APP), "");
    }

    private static void play(Round round, Show show, String query) {
        String main = round.oneOf(ChaosCluster.inGroup("region1"));
        String standby = round.oneOf(ChaosCluster.allBut(main));
        show.publish(main);
        show.watchAt(ChaosCluster.names());
        round.settled(show, main);
        NumberedPublisher backup = show.begin(standby, query);
        show.published(backup, standby);
        Show.goesOn(show.watchers(), 2 * Show.SECOND, "with a backup that stands by");
        round.check(backup.ended().isEmpty(), "the backup was sent away: " + backup.ended());
        show.forget(main);
        round.fault(show);
        round.cluster.node(main).kill();
        double keyframeMs = backup.untilKeyframeNanos() / 1e6;
        Show.shows(show.watchers(), backup);
        Show.goesOn(show.watchers(), 2 * Show.SECOND, "with the backup");
        round.gaps(show.watchers(), keyframeMs);
        round.over();
        round.outcome().note("gap: beyond the backup's next keyframe");
        String back = round.oneOf(ChaosCluster.allBut(main, standby));
        NumberedPublisher primary = show.publish(back);
        Show.shows(show.watchers(), primary);
        Show.goesOn(show.watchers(), Show.SECOND, "with the primary that came back");
        round.check(backup.ended().isEmpty(), "the backup was sent away by the primary: " + backup.ended());
        round.look(show);
    }
}
