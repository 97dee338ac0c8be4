package io.headwater.topology;

/**
 * What a home knows of another group.
 *
 * @param announced the version of the status that was announced to it last, 0 if none
 * @param confirmed whether it said that it goes by that
 * @param report who carries the stream there
 */
record Link(long announced, boolean confirmed, GroupReport report) {
    static final Link NEW = new Link(0, false, GroupReport.none(0));

    Link announcing(long version) {
        return new Link(version, false, report);
    }

    Link unconfirmed() {
        return new Link(0, false, report);
    }

    Link withConfirmed() {
        return new Link(announced, true, report);
    }

    Link with(GroupReport newer) {
        return new Link(announced, confirmed, newer);
    }
}
