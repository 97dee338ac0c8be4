package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.junit.jupiter.api.Test;

/** Java 17 cannot check that an actor handles every command, so this does. */
class HandlerTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.headwater");

    @Test
    void everyCommandOfEveryActorHasAHandler() {
        List<JavaClass> actors = CLASSES.stream()
                .filter(type -> type.isAssignableTo(AbstractBehavior.class))
                .toList();
        assertTrue(actors.size() >= 5, actors::toString);
        for (JavaClass actor : actors) {
            Set<JavaClass> handled = actor.getMethod("createReceive").getReferencedClassObjects().stream()
                    .map(reference -> reference.getRawType())
                    .collect(Collectors.toSet());
            CLASSES.stream()
                    .filter(type -> type.isAssignableTo(actor.getName() + "$Command") && !type.isInterface())
                    .forEach(command -> assertTrue(
                            handled.contains(command),
                            () -> actor.getName() + " does not handle " + command.getName()));
        }
    }
}
