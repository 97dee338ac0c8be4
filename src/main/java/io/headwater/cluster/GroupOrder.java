package io.headwater.cluster;

/**
 * What a node says that was told to go over to another group, before it goes.
 *
 * @param refusal why it stays where it is; empty if it goes
 * @param note what an operator is told beside that, empty if nothing
 */
public record GroupOrder(String refusal, String note) implements ClusterMessage {
    /** It goes. */
    public static GroupOrder taken(String note) {
        return new GroupOrder("", note);
    }

    /** It stays. */
    public static GroupOrder refused(String reason) {
        return new GroupOrder(reason.isEmpty() ? "for no reason it names" : reason, "");
    }

    /** Whether it goes. */
    public boolean goes() {
        return refusal.isEmpty();
    }
}
