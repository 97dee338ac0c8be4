import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * What {@code scripts/audit} tells of an SBOM: licences, and components older than the fix of a known flaw. Puts into it what
 * Maven does not know first, the libraries that the pages have a copy of; their group is {@code npm}.
 */
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

    /** @param files the SBOM as XML and as JSON, the advisories, and the folder of the pages' libraries */
    public static void main(String[] files) throws Exception {
        List<Component> copies = copies(Path.of(files[3]));
        put(Path.of(files[0]), "\n  <components>\n", copies, "", Audit::xml);
        put(Path.of(files[1]), "\n  \"components\" : [\n", copies, ",", Audit::json);
        List<Component> components = components(Path.of(files[0]));
        Map<String, TreeSet<String>> byLicence = new TreeMap<>();
        components.forEach(one ->
                byLicence.computeIfAbsent(one.licence, added -> new TreeSet<>()).add(one.name + " " + one.version));
        System.out.println("Licences of " + components.size() + " components:");
        byLicence.forEach((licence, names) -> System.out.println("  " + licence + ": " + String.join(", ", names)));
        List<Advisory> known = advisories(Path.of(files[2]));
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
        System.out.println(flawed + " known flaws of " + known.size() + " in " + files[2]);
        System.exit(flawed == 0 ? 0 : 1);
    }

    /** What is in folders named for a library and its version, with its LICENSE. */
    private static List<Component> copies(Path folder) throws Exception {
        List<Component> copies = new ArrayList<>();
        try (var folders = Files.newDirectoryStream(folder)) {
            for (Path one : folders) {
                String name = one.getFileName().toString();
                int dash = name.lastIndexOf('-');
                String licence = Files.readString(one.resolve("LICENSE"));
                copies.add(new Component(
                        "npm",
                        name.substring(0, dash),
                        name.substring(dash + 1),
                        licence.contains("Apache License") || licence.contains("Apache-2.0") || licence.contains("apache.org/licenses/LICENSE-2.0")
                                ? "Apache-2.0"
                                : licence.contains("Permission is hereby granted, free of charge") ? "MIT" : ""));
            }
        }
        copies.sort(Comparator.comparing(Component::name));
        return copies;
    }

    private static String purl(Component one) {
        return "pkg:npm/" + one.name + "@" + one.version;
    }

    private static String xml(Component one) {
        String licence = one.licence.isEmpty()
                ? ""
                : "<licenses><license><id>" + one.licence + "</id></license></licenses>";
        return "    <component type=\"library\" bom-ref=\"" + purl(one) + "\"><name>" + one.name + "</name><version>"
                + one.version + "</version>" + licence + "<purl>" + purl(one) + "</purl></component>";
    }

    private static String json(Component one) {
        String licence = one.licence.isEmpty()
                ? ""
                : "\"licenses\" : [ { \"license\" : { \"id\" : \"" + one.licence + "\" } } ], ";
        return "    { \"type\" : \"library\", \"bom-ref\" : \"" + purl(one) + "\", \"name\" : \"" + one.name
                + "\", \"version\" : \"" + one.version + "\", " + licence + "\"purl\" : \"" + purl(one) + "\" }";
    }

    /** Behind the line that begins the list of components, of which there is one: those of Maven's tools are deeper in. */
    private static void put(
            Path bom, String begins, List<Component> more, String between, Function<Component, String> written)
            throws Exception {
        String text = Files.readString(bom).replace("\r\n", "\n");
        int at = text.indexOf(begins);
        if (at < 0 || text.indexOf(begins, at + 1) >= 0) {
            throw new IllegalStateException(bom + " has no list of components where one is expected");
        }
        int end = at + begins.length();
        StringBuilder all = new StringBuilder(text.substring(0, end));
        more.forEach(one -> all.append(written.apply(one)).append(between).append("\n"));
        Files.writeString(bom, all.append(text.substring(end)));
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
                        text(one, "purl").startsWith("pkg:npm/") ? "npm" : text(one, "group"),
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
