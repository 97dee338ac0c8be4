package io.headwater.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What differs between the configuration a node was started with and the one that is in its files now.
 *
 * @param inForce sections that are taken over while the node runs
 * @param atNextStart those that a node has to be started again for
 */
public record Changes(List<String> inForce, List<String> atNextStart) {
    /** Components of {@link NodeConfig} that are taken over; the rest is bound to ports, threads and the cluster. */
    private static final Set<String> HOT = Set.of("hub", "drain", "operations.overload");

    /** Not settings, but how they were read. */
    private static final Set<String> NO_SETTINGS = Set.of("warnings", "red5", "nodeId", "group");

    public Changes {
        inForce = List.copyOf(inForce);
        atNextStart = List.copyOf(atNextStart);
    }

    public static Changes between(NodeConfig before, NodeConfig after) {
        List<String> names = new ArrayList<>();
        differing("", before, after, names);
        return new Changes(
                names.stream().filter(HOT::contains).toList(),
                names.stream().filter(name -> !HOT.contains(name)).toList());
    }

    private static void differing(String prefix, Record before, Record after, List<String> names) {
        for (RecordComponent component : before.getClass().getRecordComponents()) {
            String name = prefix + component.getName();
            Object one = value(component, before);
            Object other = value(component, after);
            if (NO_SETTINGS.contains(name)
                    || one.equals(other)
                    || one.toString().equals(other.toString())) {
                continue;
            }
            if (one instanceof OperationsSettings && other instanceof OperationsSettings) {
                differing(name + ".", (Record) one, (Record) other, names);
            } else {
                names.add(name);
            }
        }
    }

    private static Object value(RecordComponent component, Record of) {
        try {
            return component.getAccessor().invoke(of);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("a record's components can be read", impossible);
        }
    }

    /** As the settings are called: what belongs together in the program stands alone in a file. */
    private static String shown(List<String> names) {
        return names.stream()
                .map(name -> name.substring(name.lastIndexOf('.') + 1))
                .collect(Collectors.joining(", "));
    }

    /** One line for the operator. */
    @Override
    public String toString() {
        String now = inForce.isEmpty() ? "nothing changed that can be taken over" : "in force now: " + shown(inForce);
        return atNextStart.isEmpty() ? now : now + "; at the next start only: " + shown(atNextStart);
    }
}
