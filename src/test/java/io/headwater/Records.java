package io.headwater;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Copies of records with many components, such as settings, for tests that want few of them otherwise. */
public final class Records {
    private Records() {}

    /** The record with some components replaced, each by its name; fails if it has none that is called so. */
    public static <R extends Record> R with(R record, Map<String, ?> values) {
        RecordComponent[] components = record.getClass().getRecordComponents();
        Set<String> unknown = new TreeSet<>(values.keySet());
        Arrays.stream(components).map(RecordComponent::getName).forEach(unknown::remove);
        assertEquals(
                Set.of(),
                unknown,
                () -> "expected one of "
                        + Arrays.stream(components)
                                .map(RecordComponent::getName)
                                .collect(Collectors.joining(", ")));
        try {
            Object[] all = new Object[components.length];
            for (int i = 0; i < all.length; i++) {
                String name = components[i].getName();
                all[i] = values.containsKey(name)
                        ? values.get(name)
                        : components[i].getAccessor().invoke(record);
            }
            var types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            @SuppressWarnings("unchecked")
            R copy = (R) record.getClass().getDeclaredConstructor(types).newInstance(all);
            return copy;
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(values + ": " + e.getCause(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(record.getClass() + " is to be public with a public constructor", e);
        }
    }
}
