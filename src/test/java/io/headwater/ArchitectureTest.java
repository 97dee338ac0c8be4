package io.headwater;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The rings: imports point inwards only. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.headwater");

    private static final String ROOT = "io.headwater";
    private static final String[] PURE = {ROOT + ".media..", ROOT + ".codec..", ROOT + ".topology.."};
    private static final String[] HUB = {ROOT + ".net..", ROOT + ".stream.."};

    @Test
    void thePureRingKnowsOnlyTheJdk() {
        holds(classes()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(concat(PURE, "java..", "javax.crypto..", "org.jspecify..")));
    }

    @Test
    void thePureRingHasNoClockNoThreadsAndNoFiles() {
        holds(noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "java.nio.file..", "java.nio.channels..")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class));
    }

    @Test
    void theHubKnowsNoAdapterAndNoPekko() {
        holds(classes()
                .that()
                .resideInAnyPackage(HUB)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(concat(
                        concat(PURE, HUB), "java..", "javax.net..", "org.jspecify..", "org.slf4j..", "io.netty..")));
    }

    @Test
    void adaptersDoNotKnowEachOther() {
        for (String adapter : new String[] {
            "gateway.rtmp",
            "gateway.httpflv",
            "gateway.hls",
            "gateway.outbound",
            "relay",
            "cluster",
            "api",
            "access",
            "webhook"
        }) {
            String own = ROOT + "." + adapter + "..";
            holds(noClasses()
                    .that()
                    .resideInAPackage(own)
                    .should()
                    .dependOnClassesThat(com.tngtech.archunit.base.DescribedPredicate.describe(
                            "another adapter or the assembly",
                            other -> other.getPackageName().startsWith(ROOT)
                                    && !inside(other.getPackageName(), ROOT + "." + adapter)
                                    && !inside(other.getPackageName(), ROOT + ".media")
                                    && !inside(other.getPackageName(), ROOT + ".codec")
                                    && !inside(other.getPackageName(), ROOT + ".topology")
                                    && !inside(other.getPackageName(), ROOT + ".net")
                                    && !inside(other.getPackageName(), ROOT + ".stream"))));
        }
    }

    @Test
    void onlyTheConfigPackageReadsHocon() {
        holds(noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".config..", ROOT + ".cluster..", ROOT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.typesafe.config.."));
    }

    private static void holds(ArchRule rule) {
        rule.allowEmptyShould(true).check(CLASSES);
    }

    private static boolean inside(String packageName, String parent) {
        return packageName.equals(parent) || packageName.startsWith(parent + ".");
    }

    private static String[] concat(String[] head, String... tail) {
        String[] all = java.util.Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, all, head.length, tail.length);
        return all;
    }
}
