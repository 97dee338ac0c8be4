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
            new Row("secondary-hung", "secondary origin hangs (SIGSTOP)", Limits.gap(1000), OriginRows::secondaryHung),
            new Row(
                    "secondary-link-cut",
                    "secondary origin's link cut, no FIN",
                    Limits.gap(1000),
                    OriginRows::secondaryLinkCut),
            new Row(
                    "mid-chain-killed",
                    "an edge that feeds others killed",
                    Limits.gap(300),
                    OriginRows::midChainKilled),
            new Row(
                    "main-killed-publisher-returns",
                    "main origin killed, publisher returns elsewhere",
                    Limits.gap(1000),
                    OriginRows::mainKilledPublisherReturns));

    private Rows() {}
}
