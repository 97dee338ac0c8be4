package io.headwater.multijvm.chaos;

import java.util.List;

/** Every row, in the order they run. */
final class Rows {
    static final List<Row> ALL = List.of(
            new Row("quiet", "nothing happens (the machine's own gaps)", Limits.gap(Limits.ANY), OriginRows::quiet),
            new Row(
                    "secondary-killed",
                    "secondary origin killed (SIGKILL)",
                    Limits.gap(300),
                    OriginRows::secondaryKilled),
            new Row(
                    "secondary-hung",
                    "secondary origin hangs (SIGSTOP), then a new play",
                    Limits.gap(1000).newPlay(1500),
                    OriginRows::secondaryHung),
            new Row(
                    "secondary-link-cut",
                    "secondary origin's link cut, no FIN, then a new play",
                    Limits.gap(1000).newPlay(1500),
                    OriginRows::secondaryLinkCut),
            new Row(
                    "secondary-upstream-cut",
                    "secondary origin loses the main origin only, no FIN",
                    Limits.gap(1000),
                    OriginRows::secondaryUpstreamCut),
            new Row(
                    "mid-chain-killed",
                    "an edge that feeds others killed",
                    Limits.gap(300),
                    OriginRows::midChainKilled),
            new Row(
                    "main-killed-publisher-returns",
                    "main origin killed, publisher returns elsewhere",
                    Limits.gap(1000),
                    OriginRows::mainKilledPublisherReturns),
            new Row(
                    "main-killed-backup",
                    "main origin killed, a backup publisher sends elsewhere",
                    Limits.gap(500),
                    BackupRow::byRole),
            new Row(
                    "main-killed-backup-by-policy",
                    "the same where the application's on-conflict is backup",
                    Limits.gap(500),
                    BackupRow::byPolicy),
            new Row(
                    "entity-host-killed",
                    "host of the stream's entity killed, then a new play",
                    Limits.gap(Limits.NONE).newPlay(1500),
                    ControlRows::entityHostKilled),
            new Row(
                    "entity-host-origin-killed",
                    "the same where that host pulls the stream for its group",
                    Limits.gap(300).newPlay(1500),
                    ControlRows::entityHostIsOriginKilled),
            new Row(
                    "coordinator-killed",
                    "shard coordinator killed, then new plays",
                    Limits.gap(Limits.NONE).newPlay(1500),
                    ControlRows::coordinatorKilled),
            new Row(
                    "control-plane-restart",
                    "a node downed by its group, media links whole",
                    Limits.gap(Limits.NONE).doubled(20_000),
                    ControlRows::controlPlaneRestart),
            new Row(
                    "group-change-under-load",
                    "a node changes its group and goes back, by REST",
                    Limits.gap(Limits.NONE),
                    ControlRows::groupChange),
            new Row(
                    "regions-cut",
                    "two regions cut for a minute, one key published on both sides",
                    Limits.gap(Limits.NONE).resume(2000),
                    PartitionRows::regionsCut),
            new Row(
                    "node-isolated",
                    "one node cut off from all others for a minute",
                    Limits.gap(Limits.NONE).doubled(20_000),
                    PartitionRows::nodeIsolated),
            new Row(
                    "two-clusters",
                    "first seed starts anew during a cut, so two clusters form",
                    Limits.gap(Limits.NONE),
                    PartitionRows::twoClusters),
            new Row(
                    "drain",
                    "a node that pulls and publishes is drained",
                    Limits.gap(Limits.NONE),
                    MaintenanceRows::drain),
            new Row(
                    "rolling-restart",
                    "SIGTERM to every node, one after another",
                    Limits.gap(Limits.NONE),
                    MaintenanceRows::rollingRestart),
            new Row(
                    "fencing",
                    "main origin stopped for 40 s, publisher elsewhere, then continued",
                    Limits.gap(Limits.NONE),
                    FencingRow::play),
            new Row("herd", "1000 players ask while their region's origin dies", Limits.gap(300), HerdRow::play));

    private Rows() {}
}
