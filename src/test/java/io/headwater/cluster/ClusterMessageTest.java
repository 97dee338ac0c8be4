package io.headwater.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.headwater.media.StreamKey;
import io.headwater.topology.Action;
import io.headwater.topology.Event;
import io.headwater.topology.Feed;
import io.headwater.topology.GroupMessage;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import io.headwater.topology.Role;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that travels between nodes, found on the class path, through the real serializer and back. */
class ClusterMessageTest {
    private static final ClusterSettings SETTINGS =
            ClusterSettings.defaults().at("127.0.0.1", "127.0.0.1", 0, List.of());
    private static final ActorTestKit KIT = ActorTestKit.create(
            "messages",
            Remoting.config(SETTINGS, 0, "default", new NodeRoles(new NodeId("n"), "127.0.0.1", 1, 2, 3, "v", 4)));

    /** What an entity carries out itself and never sends. */
    private static final Set<Class<?>> NEVER_SENT = Set.of(
            Action.AskHoldings.class,
            Action.Tell.class,
            Action.SetTimer.class,
            Action.CancelTimer.class,
            Action.Note.class,
            Action.Stop.class);

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    static Stream<Class<?>> messages() {
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.headwater").stream()
                        .filter(type -> type.isAssignableTo(ClusterMessage.class) && !type.isInterface())
                        .map(type -> (Class<?>) type.reflect());
    }

    @ParameterizedTest
    @MethodSource("messages")
    void everyMessageComesOutAsItWentInWhicheverVariantsItHolds(Class<?> type) {
        List<Object> variants = variants(type);
        assertFalse(variants.isEmpty());
        for (Object message : variants) {
            Object back = KIT.serializationTestKit().verifySerialization(message, true);
            assertEquals(message, back);
        }
    }

    @Test
    void thereAreMessages() {
        assertTrue(messages().count() > 15);
    }

    /** One value of {@code type} per variant of the sealed types in it. */
    private static List<Object> variants(Type type) {
        if (type instanceof ParameterizedType generic) {
            return ofGeneric(generic);
        }
        Class<?> raw = (Class<?>) type;
        if (raw.isSealed()) {
            return Arrays.stream(raw.getPermittedSubclasses())
                    .filter(variant -> !NEVER_SENT.contains(variant))
                    .flatMap(variant -> variants(variant).stream())
                    .toList();
        }
        if (raw.isEnum()) {
            return Arrays.asList(raw.getEnumConstants());
        }
        return raw.isRecord() ? records(raw) : List.of(simple(raw));
    }

    private static List<Object> ofGeneric(ParameterizedType generic) {
        Type argument = generic.getActualTypeArguments()[0];
        Class<?> raw = (Class<?>) generic.getRawType();
        if (raw == ActorRef.class) {
            return List.of(KIT.createTestProbe().ref());
        }
        List<Object> inside = raw == Map.class ? List.of() : variants(argument);
        if (raw == Optional.class) {
            return Stream.concat(Stream.of(Optional.empty()), inside.stream().map(Optional::of))
                    .map(Object.class::cast)
                    .toList();
        }
        if (raw == List.class) {
            return List.of(List.copyOf(inside));
        }
        assertEquals(Map.class, raw, "a message holds a type this test does not know: " + generic);
        return List.of(Map.of("rtmp", 3));
    }

    /** As many values as the component with the most variants has. */
    private static List<Object> records(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        List<List<Object>> values = Arrays.stream(components)
                .map(component -> named(type, component).orElseGet(() -> variants(component.getGenericType())))
                .toList();
        int count = values.stream().mapToInt(List::size).max().orElse(1);
        List<Object> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int round = i;
            made.add(make(
                    type,
                    components,
                    values.stream()
                            .map(choices -> choices.get(round % choices.size()))
                            .toArray()));
        }
        return made;
    }

    /** Components that take only some values. */
    private static Optional<List<Object>> named(Class<?> type, RecordComponent component) {
        if (type == NodeId.class || type == NodeGroup.class) {
            return Optional.of(List.of("region-1"));
        }
        if (type == StreamKey.class) {
            return Optional.of(List.of(component.getName().equals("app") ? "live" : "stream.1"));
        }
        return Optional.empty();
    }

    private static Object make(Class<?> type, RecordComponent[] components, Object[] values) {
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException failure) {
            throw new LinkageError("cannot make a " + type, failure);
        }
    }

    private static Object simple(Class<?> type) {
        if (type == long.class || type == Long.class) {
            return 1_882_544_000_729_136L;
        }
        if (type == int.class || type == Integer.class) {
            return 7;
        }
        if (type == double.class) {
            return 29.97;
        }
        if (type == boolean.class) {
            return true;
        }
        assertEquals(String.class, type, "a message holds a type this test does not know");
        return "some text";
    }

    /** Keeps the sealed types of the wire in view: a new variant needs a name in {@link ClusterJacksonModule}. */
    @Test
    void theSealedTypesOfTheWireAreThese() {
        assertEquals(4, Feed.class.getPermittedSubclasses().length);
        assertEquals(7, Event.OfNode.class.getPermittedSubclasses().length);
        assertEquals(6, GroupMessage.class.getPermittedSubclasses().length);
        assertEquals(3, Role.values().length);
    }
}
