package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.headwater.net.Counters;
import io.headwater.net.Metric;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

class GroupRevivalTest {
    private final Counters counters = new Counters();
    private final List<String> takenOut = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private Optional<Boolean> reached = Optional.of(false);

    private final GroupRevival.Cluster cluster = new GroupRevival.Cluster() {
        @Override
        public CompletionStage<Optional<Boolean>> reaches(ClusterNode witness, ClusterNode lost) {
            asked.add(witness.id() + "?" + lost.id());
            return CompletableFuture.completedFuture(reached);
        }

        @Override
        public void takeOut(ClusterNode lost) {
            takenOut.add(lost.id().name());
        }
    };

    private static Peer peer(String id, String group) {
        return new Peer(new NodeId(id), new NodeGroup(group), "host", 1);
    }

    /** {@code self} of group g among nodes written {@code id:group:status}. */
    private static Members members(String self, String... nodes) {
        List<Members.Seen> seen = new ArrayList<>();
        for (String node : nodes) {
            String[] parts = node.split(":", 3);
            seen.add(new Members.Seen(
                    new ClusterNode(
                            peer(parts[0], parts[1]), 0, 0, "test", 0, parts[0] + ":1", NodeStatus.valueOf(parts[2])),
                    seen.size() + 1));
        }
        return Members.of(peer(self, "g"), seen, Set.of());
    }

    private static List<String> lost(Members members) {
        return GroupRevival.lost(members).stream().map(node -> node.id().name()).toList();
    }

    @Test
    void membersAreLostWhenTheOnesThatAreBackHaveNoFullMemberToReach() {
        assertEquals(List.of("a"), lost(members("b", "a:g:UNREACHABLE", "b:g:JOINING", "c:h:UP")));
        assertEquals(
                List.of("a", "d"),
                lost(members("b", "a:g:UNREACHABLE", "d:g:UNREACHABLE", "b:g:JOINING", "e:g:JOINING", "c:h:UP")));
    }

    @Test
    void nobodyIsLostToAFullMemberOrWhereOneIsReached() {
        assertEquals(List.of(), lost(members("b", "a:g:UNREACHABLE", "b:g:UP", "c:h:UP")));
        assertEquals(List.of(), lost(members("b", "a:g:UNREACHABLE", "b:g:JOINING", "d:g:UP")));
        assertEquals(List.of(), lost(members("b", "a:g:UNREACHABLE", "b:g:JOINING", "d:g:LEAVING")));
        assertEquals(List.of(), lost(members("b", "b:g:JOINING", "c:h:UNREACHABLE")));
        assertEquals(List.of(), lost(members("b", "a:g:UNREACHABLE", "c:h:UP")));
    }

    private BehaviorTestKit<GroupRevival.Command> started(Members members) {
        var kit = BehaviorTestKit.create(GroupRevival.create(
                members, TestInbox.<MembershipView.Command>create().getRef(), cluster, counters));
        kit.run(new GroupRevival.Viewed(members));
        return kit;
    }

    private static void round(BehaviorTestKit<GroupRevival.Command> kit) {
        kit.run(new GroupRevival.Look());
        kit.runOne();
    }

    @Test
    void whomNobodyReachesTwiceIsTakenOut() {
        var kit = started(members("b", "a:g:UNREACHABLE", "b:g:JOINING", "c:h:UP"));
        round(kit);
        assertEquals(List.of("c?a"), asked);
        assertEquals(List.of(), takenOut);
        round(kit);
        assertEquals(List.of("a"), takenOut);
        assertEquals(1, counters.get(Metric.CLUSTER_DEAD_TAKEN_OUT));
    }

    @Test
    void whomSomebodyReachesStays() {
        reached = Optional.of(true);
        var kit = started(members("b", "a:g:UNREACHABLE", "b:g:JOINING", "c:h:UP", "d:i:UP"));
        round(kit);
        round(kit);
        round(kit);
        assertEquals(6, asked.size());
        assertEquals(List.of(), takenOut);
    }

    @Test
    void whereNobodyCanSayNobodyIsTakenOut() {
        reached = Optional.empty();
        var kit = started(members("b", "a:g:UNREACHABLE", "b:g:JOINING", "c:h:UP"));
        round(kit);
        round(kit);
        var alone = started(members("b", "a:g:UNREACHABLE", "b:g:JOINING", "c:h:UNREACHABLE"));
        round(alone);
        round(alone);
        assertEquals(List.of(), takenOut);
    }

    @Test
    void anAnswerThatComesBetweenTwoRefusalsStartsTheCountAnew() {
        var kit = started(members("b", "a:g:UNREACHABLE", "b:g:JOINING", "c:h:UP"));
        round(kit);
        reached = Optional.of(true);
        round(kit);
        reached = Optional.of(false);
        round(kit);
        assertEquals(List.of(), takenOut);
        round(kit);
        assertEquals(List.of("a"), takenOut);
    }

    @Test
    void everyOneHasToBeAskedForTwice() {
        var kit = started(members("b", "a:g:UNREACHABLE", "b:g:JOINING", "c:h:UP"));
        round(kit);
        kit.run(new GroupRevival.Viewed(members("b", "a:g:UNREACHABLE", "b:g:JOINING", "c:h:UP", "d:g:UNREACHABLE")));
        round(kit);
        assertEquals(List.of("a"), takenOut);
        round(kit);
        assertEquals(List.of("a", "d"), takenOut);
    }

    @Test
    void oneThatWasBackMeanwhileIsAskedForAnew() {
        Members without = members("b", "a:g:UNREACHABLE", "b:g:JOINING", "c:h:UP");
        var kit = started(without);
        round(kit);
        kit.run(new GroupRevival.Viewed(members("b", "a:g:UP", "b:g:JOINING", "c:h:UP")));
        kit.run(new GroupRevival.Viewed(without));
        round(kit);
        assertEquals(List.of(), takenOut);
        round(kit);
        assertEquals(List.of("a"), takenOut);
    }

    @Test
    void oneThatWasTakenOutIsNotTakenOutAgainWhileTheNewsOfItTravels() {
        var kit = started(members("b", "a:g:UNREACHABLE", "b:g:JOINING", "c:h:UP"));
        round(kit);
        round(kit);
        round(kit);
        assertEquals(List.of("a"), takenOut);
        assertEquals(1, counters.get(Metric.CLUSTER_DEAD_TAKEN_OUT));
    }
}
