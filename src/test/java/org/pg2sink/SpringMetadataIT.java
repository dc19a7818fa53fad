package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import org.apache.camel.spi.PropertyConfigurerGetter;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pg2sink.component.Pg2sinkComponentConfigurer;

/** What the jar tells the editors of {@code application.properties} in Spring Boot of {@code camel.component.pg2sink.*}. */
@Tag("slow")
class SpringMetadataIT {

    private static final String PREFIX = "camel.component.pg2sink.";
    private static final Path CATALOG = Path.of("src/generated/resources/META-INF/org/pg2sink/component/pg2sink.json");

    /** By name, without the prefix. */
    private static final Map<String, JsonObject> PROPERTIES = new TreeMap<>();

    /** Beans of {@code OptionsApplication}, for the options that are no texts. */
    private static final Map<String, String> BEANS = Map.of("dataSource", "dataSource", "configuration", "shared");

    private static JsonObject metadata;
    private static JsonObject options;

    @TempDir
    private Path directory;

    @BeforeAll
    static void read() throws Exception {
        try (JarFile jar = new JarFile(System.getProperty("pg2sink.test.jar"));
                InputStream file = jar.getInputStream(jar.getEntry("META-INF/spring-configuration-metadata.json"))) {
            metadata = (JsonObject) Jsoner.deserialize(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        }
        for (Object property : (JsonArray) metadata.get("properties")) {
            String name = ((JsonObject) property).getString("name");
            assertThat(name).startsWith(PREFIX);
            PROPERTIES.put(name.substring(PREFIX.length()), (JsonObject) property);
        }
        options = (JsonObject) ((JsonObject) Jsoner.deserialize(Files.readString(CATALOG))).get("componentProperties");
    }

    @Test
    void itHasEachOptionOfTheComponentAndNoOther() {
        assertThat(PROPERTIES.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        options.keySet().stream().map(SpringMetadataIT::spelled).toList());
    }

    @Test
    void descriptionsAndDefaultsAreThoseOfTheCatalog() {
        options.forEach((name, option) -> {
            JsonObject property = PROPERTIES.get(spelled(name));
            assertThat(property.get("description")).as(name).isEqualTo(((JsonObject) option).get("description"));
            assertThat(property.get("defaultValue")).as(name).isEqualTo(((JsonObject) option).get("defaultValue"));
        });
    }

    @Test
    void typesAreThoseThatTheComponentTakes() {
        PropertyConfigurerGetter configurer = new Pg2sinkComponentConfigurer();
        options.forEach((name, option) -> {
            String kind = ((JsonObject) option).getString("type");
            String expected = kind.equals("duration") || kind.equals("enum")
                    ? String.class.getName()
                    : boxed(configurer.getOptionType(name, false)).getName();
            assertThat(PROPERTIES.get(spelled(name)).getString("type")).as(name).isEqualTo(expected);
        });
    }

    @Test
    void theValuesOfAChoiceAreProposed() {
        JsonArray hints = (JsonArray) metadata.get("hints");
        assertThat(hints).singleElement().satisfies(hint -> {
            assertThat(((JsonObject) hint).getString("name")).isEqualTo(PREFIX + "operation");
            assertThat((JsonArray) ((JsonObject) hint).get("values"))
                    .extracting(value -> ((JsonObject) value).get("value"))
                    .isEqualTo(((JsonObject) options.get("operation")).get("enum"));
        });
    }

    @Test
    void springBootBindsEachPropertyInThisSpelling() throws Exception {
        List<String> lines = new ArrayList<>(List.of("spring.datasource.url = " + TestServer.url("postgres")));
        List<String> expected = new ArrayList<>();
        options.forEach((name, option) -> {
            String[] value = value(name, (JsonObject) option);
            lines.add(PREFIX + spelled(name) + " = " + value[0]);
            expected.add(name + " = " + value[1]);
        });
        Installation installation = new Installation(directory, TestServer.newDatabase());
        Files.write(directory.resolve("application.properties"), lines);

        List<String> command = new ArrayList<>(SpringBootIT.application("com.example.OptionsApplication", directory));
        command.addAll(options.keySet());
        try (Pg2sinkProcess process = installation.start(command)) {
            process.awaitEnd();
            assertThat(process.output()).containsAll(expected);
        }
    }

    /** Returns a value that is not the default, as it is written and as it prints. */
    private static String[] value(String name, JsonObject option) {
        return switch (option.getString("type")) {
            case "boolean" -> same(String.valueOf(!option.getBoolean("defaultValue")));
            case "integer" -> same(String.valueOf(option.getLong("defaultValue") + 1));
            case "duration" -> new String[] {"1m30s", "90000"};
            case "enum" -> new String[] {"pauseStream", "PAUSE_STREAM"};
            case "object" -> new String[] {"#bean:" + BEANS.get(name), BEANS.get(name)};
            default -> same("some " + name);
        };
    }

    private static String[] same(String value) {
        return new String[] {value, value};
    }

    private static String spelled(String name) {
        return name.replaceAll("(?<!^)(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    private static Class<?> boxed(Class<?> type) {
        return java.lang.invoke.MethodType.methodType(type).wrap().returnType();
    }
}
