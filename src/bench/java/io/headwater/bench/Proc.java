package io.headwater.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the kernel knows of a process and its children. */
final class Proc {
    private static final long MS_PER_TICK = 10;

    private Proc() {}

    /** CPU time in milliseconds, user and system, of the process and its living descendants. */
    static long cpuMs(ProcessHandle process) {
        return tree(process).stream().mapToLong(Proc::ownCpuMs).sum();
    }

    /** CPU time in milliseconds of this process alone. */
    static long ownCpuMs() {
        return ownCpuMs(ProcessHandle.current().pid());
    }

    /** CPU time in milliseconds of a JVM's compilers; 0 for other processes. */
    static long compilersMs(ProcessHandle process) {
        try (var threads = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
            return threads.mapToLong(Proc::compilerMs).sum();
        } catch (IOException e) {
            throw new IllegalStateException("process " + process.pid() + " is gone", e);
        }
    }

    private static long compilerMs(Path thread) {
        try {
            String name = Files.readString(thread.resolve("comm"));
            return name.startsWith("C1 Compiler") || name.startsWith("C2 Compiler")
                    ? cpuMs(Files.readString(thread.resolve("stat")))
                    : 0;
        } catch (IOException ended) {
            return 0;
        }
    }

    /** Resident memory in KiB of the process and its living descendants. */
    static long rssKib(ProcessHandle process) {
        return tree(process).stream().mapToLong(Proc::ownRssKib).sum();
    }

    private static List<Long> tree(ProcessHandle process) {
        List<Long> pids = new ArrayList<>(List.of(process.pid()));
        process.descendants().map(ProcessHandle::pid).forEach(pids::add);
        return pids;
    }

    private static long ownCpuMs(long pid) {
        return cpuMs(read(pid, "stat"));
    }

    private static long cpuMs(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MS_PER_TICK;
    }

    private static long ownRssKib(long pid) {
        return read(pid, "status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file));
        } catch (IOException e) {
            throw new IllegalStateException("process " + pid + " is gone", e);
        }
    }
}
