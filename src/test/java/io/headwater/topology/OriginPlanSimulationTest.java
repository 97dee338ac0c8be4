package io.headwater.topology;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The plan under everything that can happen, many times over. {@code -Dtopology.seeds=N}, {@code -Dtopology.seed=S},
 * {@code -Dtopology.trace=true}; the nightly size by {@code -Dtopology.nightly=true}, which
 * {@code scripts/soak nightly} runs.
 */
class OriginPlanSimulationTest {
    private static int partitions;

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void afterAnyTroubleThereIsOneOriginAndEverybodyIsServed(long seed) {
        partitions += run(seed, 2 + (int) Math.floorMod(seed, 3L), 1 + (int) Math.floorMod(seed / 3, 4L), 30);
    }

    /** Groups were cut apart and joined again often enough for the seeds to say something. */
    @AfterAll
    static void thousandsOfPartitionsWerePartOfIt() {
        assertTrue(Long.getLong("topology.seed") != null || partitions >= 1000, partitions + " partitions");
    }

    @Test
    @EnabledIfSystemProperty(named = "topology.nightly", matches = "true")
    void hundredsOfNodesComeToRestAsWell() {
        seeds().limit(20).forEach(seed -> run(seed, 5, 60, 400));
    }

    static Stream<Long> seeds() {
        Long one = Long.getLong("topology.seed");
        return one != null
                ? Stream.of(one)
                : new SplittableRandom(1)
                        .longs(Integer.getInteger("topology.seeds", 3000))
                        .boxed();
    }

    static int run(long seed, int groups, int nodesPerGroup, int steps) {
        SplittableRandom random = new SplittableRandom(seed);
        World world = new World(random.split());
        for (int group = 1; group <= groups; group++) {
            for (int node = 1; node <= nodesPerGroup; node++) {
                world.add("g" + group, "n" + group + "-" + node);
            }
        }
        world.network.lossPercent = random.nextInt(3) * 5;
        world.network.doublePercent = random.nextInt(3) * 5;
        world.network.maxDelayMs = random.nextLong(2, 200);
        Chaos chaos = new Chaos(world, random.split());
        if (Boolean.getBoolean("topology.trace")) {
            world.trace = (group, action) -> System.out.println(world.clock.nowMs() + " " + group + " " + action);
        }
        try {
            for (int step = 0; step < steps; step++) {
                chaos.step();
            }
            chaos.mend();
            world.clock.run(80_000);
            new Peace(world).disturb();
            world.clock.run(10_000);
            new Peace(world).check();
            long before = world.network.messages;
            world.clock.run(60_000);
            new Peace(world).check();
            if (world.network.messages != before) {
                throw new AssertionError("messages go on for ever: " + (world.network.messages - before));
            }
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + chaos.story(), e);
        }
        return chaos.partitions;
    }
}
