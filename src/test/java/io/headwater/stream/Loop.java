package io.headwater.stream;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/** An executor that runs its tasks when the test says so, in order. */
final class Loop implements Executor {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    int scheduled;

    @Override
    public void execute(Runnable task) {
        scheduled++;
        tasks.add(task);
    }

    void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }
}
