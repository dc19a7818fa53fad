package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The kamelets of the jar follow the schema of Kamelets and the rules by which Camel's catalogue checks its own. */
class KameletTest {

    private static final Path COMPONENT =
            Path.of("src/generated/resources/META-INF/org/pg2sink/component/pg2sink.json");
    private static final String ICON = "data:image/svg+xml;base64,";

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{\\??([\\w.-]+)}}|#property:(\\w+)");

    /** Parameters whose names the template gives to what reads them. */
    private static final Set<String> READ_AS_GIVEN = Set.of("user", "password", "accessKey", "secretKey");

    private static final Pattern SCHEME = Pattern.compile("^([a-z0-9-]+)(:|$)");

    static Stream<KameletFile> kamelets() throws IOException {
        return KameletFile.all();
    }

    @Test
    void theJarHasTheSourceAndTheFourSinks() throws IOException {
        assertThat(kamelets())
                .extracting(KameletFile::name)
                .containsExactly(
                        "pg2sink-file-sink",
                        "pg2sink-kafka-sink",
                        "pg2sink-s3-sink",
                        "pg2sink-source",
                        "pg2sink-sql-sink");
    }

    @ParameterizedTest
    @MethodSource("kamelets")
    void followsTheSchemaOfKamelets(KameletFile kamelet) throws Exception {
        assertThat(new KameletSchema().problems(kamelet.resource())).isEmpty();
    }

    @Test
    void theSchemaRefusesWhatItDoesNotKnowAndWhatHasAnotherType() throws Exception {
        String misspelled = Files.readString(KameletFile.path("pg2sink-kafka-sink"))
                .replaceFirst("description:", "descriptoin:")
                .replaceFirst("title: .*", "title: 1");

        assertThat(new KameletSchema().problems(KameletFile.parse(misspelled)))
                .containsExactlyInAnyOrder(
                        "/spec/definition/descriptoin is unknown", "/spec/definition/title is no string: 1");
    }

    @ParameterizedTest
    @MethodSource("kamelets")
    void fileNameTypeAndTitleAgree(KameletFile kamelet) {
        Object type = kamelet.value("metadata", "labels", "camel.apache.org/kamelet.type");

        assertThat(type).isEqualTo(kamelet.isSink() ? "sink" : "source");
        assertThat(kamelet.value("metadata", "name")).isEqualTo(kamelet.name());
        assertThat(kamelet.name()).endsWith("-" + type);
        Map<?, ?> definition = kamelet.map("spec", "definition");
        assertThat(definition.get("title").toString()).endsWith(kamelet.isSink() ? " Sink" : " Source");
        assertThat(definition.get("description").toString()).endsWith(".");
        assertThat(definition.get("type")).isEqualTo("object");
    }

    @Test
    void noTwoHaveTheSameTitleOrDescription() throws IOException {
        assertThat(kamelets().map(kamelet -> kamelet.value("spec", "definition", "title")))
                .doesNotHaveDuplicates();
        assertThat(kamelets().map(kamelet -> kamelet.value("spec", "definition", "description")))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("kamelets")
    void hasTheAnnotationsOfTheCatalogue(KameletFile kamelet) throws Exception {
        Map<?, ?> annotations = kamelet.map("metadata", "annotations");

        assertThat(annotations.get("camel.apache.org/kamelet.support.level")).isIn("Preview", "Stable");
        assertThat(annotations.get("camel.apache.org/catalog.version")).isEqualTo(ofPom("camel.version"));
        assertThat(annotations.get("camel.apache.org/provider")).isEqualTo("pg2sink");
        assertThat(annotations.get("camel.apache.org/kamelet.group").toString()).isNotBlank();
        assertThat(annotations.get("camel.apache.org/kamelet.namespace").toString())
                .isNotBlank();
        String icon = annotations.get("camel.apache.org/kamelet.icon").toString();
        assertThat(icon).startsWith(ICON);
        assertThat(rootOf(Base64.getDecoder().decode(icon.substring(ICON.length()))))
                .isEqualTo("svg");
    }

    private static String rootOf(byte[] xml) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml))
                .getDocumentElement()
                .getTagName();
    }

    @ParameterizedTest
    @MethodSource("kamelets")
    void everyPropertyIsDescribedAndItsValuesAreOfItsType(KameletFile kamelet) {
        List<?> required = (List<?>) kamelet.value("spec", "definition", "required");

        assertThat(required).doesNotHaveDuplicates();
        assertThat(kamelet.propertyNames())
                .containsAll(required.stream().map(Object::toString).toList());
        kamelet.properties().forEach((name, member) -> {
            Map<?, ?> property = (Map<?, ?>) member;
            assertThat(name.toString()).matches("[a-z][a-zA-Z0-9]*");
            assertThat(property.get("title").toString())
                    .as("title of %s", name)
                    .matches("[A-Z].*")
                    .doesNotMatch("(The|An?) .*")
                    .doesNotMatch(".* (?!(of|in) )[a-z].*");
            assertThat(property.get("description").toString()).as("%s", name).endsWith(".");
            assertThat(property.get("type")).as("%s", name).isIn("string", "boolean", "integer");
            assertThat(required.contains(name) && property.containsKey("default"))
                    .as("%s is required though it has a default", name)
                    .isFalse();
            for (String value : List.of("default", "example")) {
                if (property.containsKey(value)) {
                    assertThat(typeOf(property.get(value)))
                            .as("%s of %s", value, name)
                            .isEqualTo(property.get("type"));
                }
            }
        });
    }

    private static String typeOf(Object value) {
        return value instanceof Boolean ? "boolean" : value instanceof Integer ? "integer" : "string";
    }

    @ParameterizedTest
    @MethodSource("kamelets")
    void credentialsAreMarkedAsSuch(KameletFile kamelet) {
        kamelet.properties().forEach((name, member) -> {
            Map<?, ?> property = (Map<?, ?>) member;
            boolean secret = List.of("password", "accessKey", "secretKey").contains(name);
            assertThat("password".equals(property.get("format"))).as("%s", name).isEqualTo(secret);
            assertThat(property.get("x-descriptors"))
                    .as("%s", name)
                    .isEqualTo(secret || name.equals("user") ? List.of("urn:camel:group:credentials") : null);
        });
    }

    @ParameterizedTest
    @MethodSource("kamelets")
    void theTemplateUsesEachPropertyAndNothingElse(KameletFile kamelet) {
        Set<String> defined = kamelet.propertyNames();
        defined.addAll(kamelet.beans());
        Set<String> used = new TreeSet<>();
        for (String text : kamelet.templateTexts()) {
            if (READ_AS_GIVEN.contains(text)) {
                used.add(text);
            }
            Matcher placeholder = PLACEHOLDER.matcher(text);
            while (placeholder.find()) {
                used.add(placeholder.group(1) == null ? placeholder.group(2) : placeholder.group(1));
            }
        }

        assertThat(used).isEqualTo(defined);
    }

    @ParameterizedTest
    @MethodSource("kamelets")
    void theDependenciesAreThoseOfTheTemplateInTheVersionsOfThePom(KameletFile kamelet) throws IOException {
        Set<String> needed = new LinkedHashSet<>(List.of("camel:core"));
        addModules(kamelet.value("spec", "template"), needed);
        needed.remove("camel:pg2sink");
        needed.add("mvn:org.pg2sink:camel-pg2sink:" + ofPom("version"));
        if (kamelet.templateTexts().contains("#class:com.zaxxer.hikari.HikariDataSource")) {
            needed.add("mvn:com.zaxxer:HikariCP:" + ofPom("hikari.version"));
        }

        List<?> dependencies = (List<?>) kamelet.value("spec", "dependencies");
        assertThat(dependencies).doesNotHaveDuplicates();
        assertThat(new LinkedHashSet<Object>(dependencies)).isEqualTo(needed);
    }

    /** Adds the modules of the endpoints and of the step {@code bean}. */
    private static void addModules(Object template, Set<String> modules) {
        if (template instanceof Map<?, ?> object) {
            object.forEach((name, member) -> {
                if (name.equals("uri") || name.equals("to") && member instanceof String) {
                    Matcher scheme = SCHEME.matcher(member.toString());
                    assertThat(scheme.find()).as("%s", member).isTrue();
                    modules.add("camel:" + scheme.group(1));
                } else if (name.equals("bean")) {
                    modules.add("camel:bean");
                }
                addModules(member, modules);
            });
        } else if (template instanceof List<?> items) {
            items.forEach(item -> addModules(item, modules));
        }
    }

    @Test
    void thePropertiesOfTheSourceAreOptionsOfTheComponentWithItsDefaults() throws Exception {
        Map<String, Object> options = component().getMap("properties");

        KameletFile.source().properties().forEach((name, member) -> {
            JsonObject option = (JsonObject) options.get(name.equals("subscription") ? "name" : name);
            assertThat(option).as("option %s", name).isNotNull();
            Object otherwise = ((Map<?, ?>) member).get("default");
            // the default of announceSchemas depends on batching
            String expected = name.equals("announceSchemas") ? "" : option.getStringOrDefault("defaultValue", "");
            assertThat(otherwise == null ? "" : otherwise.toString())
                    .as("default of %s", name)
                    .isEqualTo(expected);
        });
    }

    @Test
    void theHeadersOfTheSourceAreThoseOfTheComponent() throws Exception {
        assertThat(new TreeSet<Object>(KameletFile.source()
                        .map("spec", "dataTypes", "out", "headers")
                        .keySet()))
                .isEqualTo(ofConsumers());
    }

    private static Set<Object> ofConsumers() throws Exception {
        JsonObject headers = (JsonObject) component().get("headers");
        return headers.entrySet().stream()
                .filter(header ->
                        !((JsonObject) header.getValue()).getString("label").equals("producer"))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static JsonObject component() throws Exception {
        return (JsonObject) Jsoner.deserialize(Files.readString(COMPONENT));
    }

    @Test
    void applicationPropertiesGivesTheSinksAllTheirPropertiesAndNoOther() throws IOException {
        Properties settings = new Properties();
        try (var reader = Files.newBufferedReader(Path.of("application.properties"))) {
            settings.load(reader);
        }
        List<String> expected = kamelets()
                .filter(KameletFile::isSink)
                .flatMap(sink -> sink.propertyNames().stream().map(name -> "camel.kamelet." + sink.name() + "." + name))
                .toList();

        assertThat(settings.stringPropertyNames().stream().filter(key -> key.startsWith("camel.kamelet.")))
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(settings.getProperty("camel.jbang.kameletsVersion")).isEqualTo(ofPom("kamelets.version"));
    }

    /** Returns the text of the first such element. */
    private static String ofPom(String element) throws IOException {
        Matcher matcher = Pattern.compile("<" + Pattern.quote(element) + ">([^<]*)<")
                .matcher(Files.readString(Path.of("pom.xml")));
        assertThat(matcher.find()).as(element).isTrue();
        return matcher.group(1);
    }
}
