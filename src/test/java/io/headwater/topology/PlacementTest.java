package io.headwater.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.topology.Placement.Candidate;
import io.headwater.topology.Placement.Target;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PlacementTest {
    private static final NodeGroup NEAR = new NodeGroup("near");
    private static final NodeGroup FAR = new NodeGroup("far");

    private static Candidate node(String name, NodeGroup group, boolean able, int players) {
        return new Candidate(new NodeId(name), group, able, players);
    }

    private static String choose(String origin, Target target, Candidate... others) {
        Optional<NodeId> main = origin.isEmpty() ? Optional.empty() : Optional.of(new NodeId(origin));
        return Placement.choose(NEAR, main, target, List.of(others))
                .map(NodeId::name)
                .orElse("");
    }

    @Test
    void theOwnGroupComesBeforeAnEmptierNodeFarAway() {
        assertEquals("a", choose("", Target.ANY, node("a", NEAR, true, 90), node("b", FAR, true, 0)));
        assertEquals("b", choose("", Target.ANY, node("a", NEAR, false, 0), node("b", FAR, true, 9)));
    }

    @Test
    void ofOneGroupTheNodeWithTheFewestPlayersIsChosen() {
        assertEquals("b", choose("", Target.ANY, node("a", NEAR, true, 3), node("b", NEAR, true, 2)));
        assertEquals("a", choose("", Target.ANY, node("b", NEAR, true, 2), node("a", NEAR, true, 2)));
    }

    @Test
    void aPlayerThatAsksForTheOriginIsSentThereWhereverItIs() {
        assertEquals("b", choose("b", Target.ORIGIN, node("a", NEAR, true, 0), node("b", FAR, true, 50)));
        assertEquals("a", choose("b", Target.ORIGIN, node("a", NEAR, true, 0), node("b", FAR, false, 50)));
    }

    @Test
    void aPlayerThatAsksForAnEdgeIsKeptFromTheOriginIfThereIsAnotherNodeInTheGroup() {
        assertEquals("b", choose("a", Target.EDGE, node("a", NEAR, true, 0), node("b", NEAR, true, 50)));
        assertEquals("a", choose("a", Target.EDGE, node("a", NEAR, true, 0), node("b", NEAR, false, 50)));
    }

    @Test
    void nobodyIsSentWhereNobodyIsAble() {
        assertEquals("", choose("", Target.ANY));
        assertEquals("", choose("a", Target.ORIGIN, node("a", NEAR, false, 0)));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theChosenOneIsAbleAndNoAbleOneOfItsGroupHasFewerPlayers(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Candidate> others = IntStream.range(0, random.nextInt(8))
                .mapToObj(
                        i -> node("n" + i, random.nextBoolean() ? NEAR : FAR, random.nextBoolean(), random.nextInt(5)))
                .toList();
        Optional<NodeId> chosen = Placement.choose(NEAR, Optional.empty(), Target.ANY, others);
        assertEquals(others.stream().anyMatch(Candidate::able), chosen.isPresent());
        chosen.ifPresent(id -> {
            Candidate one = others.stream()
                    .filter(other -> other.node().equals(id))
                    .findFirst()
                    .orElseThrow();
            assertTrue(one.able());
            assertTrue(others.stream()
                    .filter(other -> other.able() && other.group().equals(one.group()))
                    .allMatch(other -> other.players() >= one.players()));
            assertTrue(one.group().equals(NEAR)
                    || others.stream()
                            .noneMatch(other -> other.able() && other.group().equals(NEAR)));
        });
    }

    static Stream<Long> seeds() {
        return new SplittableRandom(Long.getLong("seed", 1)).longs(200).boxed();
    }
}
