package io.headwater.fuzz;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What {@code scripts/fuzz} runs: {@code --seconds N} for all targets together, {@code --target T}, {@code --seed S}. */
public final class FuzzMain {
    private FuzzMain() {}

    public static void main(String[] arguments) {
        long seconds = 300;
        long seed = System.nanoTime();
        List<FuzzTarget> targets = Targets.all();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            String value = arguments[i + 1];
            switch (arguments[i]) {
                case "--seconds" -> seconds = Long.parseLong(value);
                case "--seed" -> seed = Long.parseLong(value);
                case "--target" -> {
                    Optional<FuzzTarget> named = Targets.named(value);
                    if (named.isEmpty()) {
                        System.err.println("there is no target " + value + ", expected one of " + targets);
                        System.exit(2);
                    }
                    targets = List.of(named.orElseThrow());
                }
                default -> {
                    System.err.println(arguments[i] + " is not known, expected --seconds, --target or --seed");
                    System.exit(2);
                }
            }
        }
        long nanos = TimeUnit.SECONDS.toNanos(seconds) / targets.size();
        System.out.printf(
                "seed %d, %d s each%n%-16s %12s %6s %8s%n",
                seed, nanos / 1_000_000_000L, "target", "runs", "ends", "findings");
        int findings = 0;
        long runs = 0;
        for (FuzzTarget target : targets) {
            Fuzzer.Report report = new Fuzzer(target, seed).run(Long.MAX_VALUE, nanos);
            System.out.printf(
                    "%-16s %12d %6d %8d%n",
                    report.target(),
                    report.runs(),
                    report.ends(),
                    report.findings().size());
            report.findings().forEach(finding -> System.out.println("  " + finding));
            findings += report.findings().size();
            runs += report.runs();
        }
        System.out.printf("%-16s %12d %6s %8d%n", "all", runs, "", findings);
        System.exit(findings == 0 ? 0 : 1);
    }
}
