package io.headwater.topology;

import java.util.List;
import java.util.SplittableRandom;

/** Everything that can happen to a stream and its cluster, at random. */
final class Chaos {
    private final World world;
    private final SplittableRandom random;
    private final StringBuilder story = new StringBuilder();
    int partitions;

    Chaos(World world, SplittableRandom random) {
        this.world = world;
        this.random = random;
    }

    String story() {
        return story.toString();
    }

    void step() {
        SimNode node = pick(List.copyOf(world.nodes.values()));
        switch (random.nextInt(21)) {
            case 0, 1, 2 -> {
                ConflictPolicy policy = random.nextInt(4) == 0 ? ConflictPolicy.REJECT : ConflictPolicy.TAKEOVER;
                if (node.answers()) {
                    did("publish " + node.id + " " + policy);
                    long lost = policy == ConflictPolicy.REJECT && random.nextBoolean() ? node.session() : 0;
                    node.publish(policy, 2000 + random.nextInt(4000), lost);
                }
            }
            case 3 -> {
                boolean finished = random.nextBoolean();
                did("unpublish " + node.id + (finished ? " finished" : " lost"));
                node.unpublish(finished);
            }
            case 4, 5, 6, 7, 8 -> {
                if (node.answers()) {
                    did("watch " + node.id);
                    node.watch(random.nextInt(5000));
                }
            }
            case 9, 10 -> {
                did("leave " + node.id);
                node.leave();
            }
            case 11, 12 -> cut();
            case 13 -> heal();
            case 14 -> crash(node);
            case 15 -> pause(node);
            case 16 -> {
                did("rebalance " + node.group);
                world.rebalance(node.group);
            }
            case 17 -> {
                SimNode other = pick(List.copyOf(world.nodes.values()));
                did("cut " + node.id + " " + other.id);
                world.network.cut(node.id, other.id);
            }
            case 18 -> move(node);
            case 19 -> drain(node);
            default -> {
                did("rejoin " + node.id);
                if (node.joined && node.answers()) {
                    world.leaves(node);
                    world.joins(node);
                }
            }
        }
        long pause = random.nextInt(5) == 0 ? random.nextInt(12_000) : random.nextInt(600);
        world.clock.run(pause);
    }

    private void cut() {
        NodeGroup a = pick(world.groups());
        NodeGroup b = pick(world.groups());
        if (!a.equals(b)) {
            did("cut " + a + " " + b);
            partitions++;
            world.cut(a, b);
        }
    }

    private void heal() {
        did("heal all groups");
        for (NodeGroup a : world.groups()) {
            for (NodeGroup b : world.groups()) {
                world.heal(a, b);
            }
        }
    }

    private void crash(SimNode node) {
        if (node.answers()) {
            did("crash " + node.id);
            world.crash(node);
        } else if (!node.alive) {
            did("reboot " + node.id);
            world.reboot(node);
        }
    }

    private void pause(SimNode node) {
        if (node.answers()) {
            did("pause " + node.id);
            world.pause(node);
        } else if (node.alive) {
            did("resume " + node.id);
            world.resume(node);
        }
    }

    /** A node that drains is told so once; the next time its process is another. */
    private void drain(SimNode node) {
        if (node.draining) {
            did("reboot " + node.id);
            world.reboot(node);
        } else if (node.answers() && node.joined) {
            did("drain " + node.id);
            world.drain(node);
        }
    }

    private void move(SimNode node) {
        if (node.answers() && node.joined) {
            NodeGroup to = pick(world.groups());
            if (!to.equals(node.group)) {
                did("move " + node.id + " to " + to);
                world.move(node, to);
            }
        }
    }

    /** Everything is mended, and every message arrives from now on. */
    void mend() {
        did("mend");
        world.network.lossPercent = 0;
        world.network.doublePercent = 0;
        heal();
        world.network.healAll();
        for (SimNode node : world.nodes.values()) {
            if (!node.alive) {
                world.reboot(node);
            } else if (node.paused) {
                world.resume(node);
            } else if (!node.joined) {
                world.joins(node);
            }
        }
    }

    private void did(String what) {
        story.append(world.clock.nowMs()).append(' ').append(what).append('\n');
    }

    private <T> T pick(List<T> things) {
        return things.get(random.nextInt(things.size()));
    }
}
