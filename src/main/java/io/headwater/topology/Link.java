package io.headwater.topology;

/**
 * What a home knows of another group.
 *
 * @param announced the version of the status that was announced to it last, 0 if none
 * @param confirmed whether it said that it goes by that
 * @param report who carries the stream there
 * @param beaten the epoch of its own that lost against this home's last, 0 if none did: told once, however often it is said
 */
record Link(long announced, boolean confirmed, GroupReport report, long beaten) {
    static final Link NEW = new Link(0, false, GroupReport.none(0), 0);

    Link announcing(long version) {
        return new Link(version, false, report, beaten);
    }

    Link unconfirmed() {
        return new Link(0, false, report, beaten);
    }

    Link withConfirmed() {
        return new Link(announced, true, report, beaten);
    }

    Link with(GroupReport newer) {
        return new Link(announced, confirmed, newer, beaten);
    }

    Link withBeaten(long epoch) {
        return new Link(announced, confirmed, report, epoch);
    }
}
