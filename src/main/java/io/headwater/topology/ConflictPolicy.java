package io.headwater.topology;

/** What happens to a publisher of a stream that has one already. */
public enum ConflictPolicy {
    /** The newest wins; the viewers stay. */
    TAKEOVER,
    /** The newcomer is refused. */
    REJECT
}
