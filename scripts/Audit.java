import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** What {@code scripts/audit} tells of an SBOM: licences, and components older than the fix of a known flaw. */
final class Audit {
    record Component(String group, String name, String version, String licence) {}

    record Advisory(String group, String name, String fixed, String ids) {
        boolean isAbout(Component one) {
            return group.equals(one.group)
                    && (name.endsWith("*")
                            ? one.name.startsWith(name.substring(0, name.length() - 1))
                            : name.equals(one.name))
                    && compare(one.version, fixed) < 0;
        }
    }

    public static void main(String[] files) throws Exception {
        List<Component> components = components(Path.of(files[0]));
        Map<String, TreeSet<String>> byLicence = new TreeMap<>();
        components.forEach(one ->
                byLicence.computeIfAbsent(one.licence, added -> new TreeSet<>()).add(one.name + " " + one.version));
        System.out.println("Licences of " + components.size() + " components:");
        byLicence.forEach((licence, names) -> System.out.println("  " + licence + ": " + String.join(", ", names)));
        List<Advisory> known = advisories(Path.of(files[1]));
        int flawed = 0;
        for (Component one : components) {
            for (Advisory advisory : known) {
                if (advisory.isAbout(one)) {
                    flawed++;
                    System.out.println("KNOWN FLAW: " + one.group + ":" + one.name + " " + one.version + ", fixed in "
                            + advisory.fixed + " (" + advisory.ids + ")");
                }
            }
        }
        System.out.println(flawed + " known flaws of " + known.size() + " in " + files[1]);
        System.exit(flawed == 0 ? 0 : 1);
    }

    private static List<Component> components(Path bom) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        Element root = factory.newDocumentBuilder().parse(bom.toFile()).getDocumentElement();
        List<Component> components = new ArrayList<>();
        for (Element list : children(root, "components")) {
            for (Element one : children(list, "component")) {
                TreeSet<String> licences = new TreeSet<>();
                for (Element some : children(one, "licenses")) {
                    for (Element each : children(some, "license")) {
                        licences.add(text(each, "id") + text(each, "name"));
                    }
                    children(some, "expression").forEach(each -> licences.add(each.getTextContent()));
                }
                components.add(new Component(
                        text(one, "group"),
                        text(one, "name"),
                        text(one, "version"),
                        licences.isEmpty() ? "not told" : String.join(" / ", licences)));
            }
        }
        components.sort(Comparator.comparing(Component::group).thenComparing(Component::name));
        return components;
    }

    private static List<Advisory> advisories(Path file) throws Exception {
        List<Advisory> advisories = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] parts = line.split("\t");
                String[] place = parts[0].split(":");
                advisories.add(new Advisory(place[0], place[1], parts[1], parts[2]));
            }
        }
        return advisories;
    }

    /** Numbers by their value; what is no number counts less than any. */
    static int compare(String one, String other) {
        String[] a = one.split("[.-]");
        String[] b = other.split("[.-]");
        for (int i = 0; i < Math.max(a.length, b.length); i++) {
            int order = Long.compare(number(a, i), number(b, i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static long number(String[] parts, int at) {
        return at < parts.length && parts[at].matches("[0-9]{1,9}") ? Long.parseLong(parts[at]) : 0;
    }

    private static List<Element> children(Element of, String name) {
        List<Element> found = new ArrayList<>();
        for (Node child = of.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element element && element.getTagName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }

    private static String text(Element of, String name) {
        return children(of, name).stream().map(Node::getTextContent).findFirst().orElse("");
    }
}
