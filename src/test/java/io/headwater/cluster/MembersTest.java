package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.topology.ClusterView;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the entities see of other groups. */
class MembersTest {
    private static final NodeGroup OWN = new NodeGroup("region1");
    private static final NodeGroup FAR = new NodeGroup("region2");
    private static final Peer SELF = new Peer(new NodeId("a"), OWN, "host-a", 5000);

    private static Members.Seen seen(Peer peer) {
        return new Members.Seen(new ClusterNode(peer, 5080, 1935, "1", 0, peer.host() + ":17355", NodeStatus.UP), 7);
    }

    @Test
    void aGroupThatIsOnlyRememberedIsThereAndNotReached() {
        Members alone = Members.of(SELF, List.of(seen(SELF)), Set.of(), Set.of(), Set.of(OWN, FAR));
        ClusterView view = alone.view();
        assertEquals(Set.of(FAR), view.groups());
        assertFalse(view.reaches(FAR));
        assertEquals(1, alone.nodes().size(), "what is remembered is no member");
    }

    @Test
    void aGroupThatIsSeenIsReachedWhateverIsRemembered() {
        Peer far = new Peer(new NodeId("b"), FAR, "host-b", 5000);
        Members both = Members.of(SELF, List.of(seen(SELF), seen(far)), Set.of(), Set.of(), Set.of(FAR));
        assertTrue(both.view().reaches(FAR));
    }
}
