package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Route;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pg2sink.component.Pg2sinkEndpoint;

/** The shipped routes and kamelets name endpoints, options, beans and properties that exist. Needs no database. */
class RoutesTest {

    /** The sinks that are there only if they are named. */
    private static final List<String> CONNECTING = List.of("kafka", "s3", "sql");

    private static final String SINKS = "direct:file,direct:" + String.join(",direct:", CONNECTING);

    @TempDir
    private Path directory;

    @TestFactory
    Stream<DynamicTest> everyRouteFileLoads() throws IOException {
        return Files.list(Path.of("routes"))
                .sorted()
                .map(file -> dynamicTest(file.getFileName().toString(), () -> load(file)));
    }

    @Test
    void allRouteFilesLoadTogether() throws Exception {
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            load(files.sorted().toArray(Path[]::new));
        }
    }

    /** Camel 4.22 warns of each file that has such lines. */
    @Test
    void noFileHasStepsOrExpressionsInCompactNotation() throws IOException {
        for (String directory : List.of("routes", "src/main/resources/kamelets", "examples")) {
            for (Path file : yamlFiles(Path.of(directory))) {
                assertThat(Files.readAllLines(file))
                        .as(file.toString())
                        .noneMatch(line -> line.matches(" *(- )?(to|toD|log|simple|constant): .+"));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "stream, batching: true, batchign: true, batchign",
        "stream, '{{pg2sink.confirm}}', '{{pg2sink.confrim}}', pg2sink.confrim",
        "stream, uri: pg2sink, uri: pg2snik, pg2snik",
        "sinks, stopOnException, stopOnExeption, stopOnExeption",
        "sinks, expression: schemaFilter, expression: schemaFitler, schemaFitler",
        "imports, operation: import, operation: imprt, imprt",
        "imports, greedy, gredy, gredy",
        "imports, '{{pg2sink.imports}}', '{{pg2sink.importz}}', pg2sink.importz",
        "console, appendNewLine, apendNewLine, apendNewLine",
        "file, kamelet:pg2sink-file-sink, kamelet:pg2sink-flie-sink, pg2sink-flie-sink",
        "s3, kamelet:pg2sink-s3-sink, kamelet:pg2sink-s3-snik, pg2sink-s3-snik",
        "delivery, maximumRedeliveries, maximumRedelivries, maximumRedelivries"
    })
    void aMisspelledRouteFileDoesNot(String route, String right, String wrong, String named) throws IOException {
        Path misspelled = misspell(file(route), right, wrong);

        assertThatThrownBy(() -> load(misspelled)).hasStackTraceContaining(named);
    }

    @ParameterizedTest
    @CsvSource({
        "file, 'directory: \"', 'direktory: \"', direktory",
        "file, 'formatOptions: \"', 'formatOpitons: \"', formatOpitons",
        "file, '{{tableFile}}', '{{tableFiel}}', tableFiel",
        "file, file.TableFile, file.TabelFile, TabelFile",
        "kafka, 'brokers: \"', 'brokesr: \"', brokesr",
        "kafka, 'tombstones: \"', 'tombstnoes: \"', tombstnoes",
        "s3, fileName:, fileNmae:, fileNmae",
        "s3, '{{s3Objects}}', '{{s3Objetcs}}', s3Objetcs",
        "s3, '#bean:{{secretKeyAsGiven}}', '#bean:{{secretKeyAsGivne}}', secretKeyAsGivne",
        "sql, 'dataSource:', 'dataSuorce:', dataSuorce",
        "sql, jdbcUrl, jdbcUlr, jdbcUlr",
        "sql, '{{databaseCopy}}', '{{databaseCpoy}}', databaseCpoy"
    })
    void aMisspelledKameletDoesNot(String sink, String right, String wrong, String named) throws IOException {
        Path misspelled = misspell(KameletFile.path("pg2sink-" + sink + "-sink"), right, wrong);

        assertThatThrownBy(() -> load(misspelled, file(sink))).hasStackTraceContaining(named);
    }

    private Path misspell(Path shipped, String right, String wrong) throws IOException {
        String text = Files.readString(shipped);
        assertThat(text).contains(right);
        return Files.writeString(directory.resolve(shipped.getFileName()), text.replace(right, wrong));
    }

    @ParameterizedTest
    @CsvSource({
        "camel.kamelet.pg2sink-kafka-sink.schemas, pg2sink.kafka.scheams",
        "camel.kamelet.pg2sink-s3-sink.bucket, pg2sink.s3.bukcet"
    })
    void aMisspelledKeyOfApplicationPropertiesIsNamed(String property, String key) {
        String sink = property.split("-")[1];

        assertThatThrownBy(
                        () -> start(Map.of("pg2sink.sinks", "direct:" + sink, property, "{{" + key + "}}"), file(sink))
                                .close())
                .hasStackTraceContaining(key);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "file  | format = xml | pg2sink.file.format: There is no format 'xml'; there are avro, debezium, json, ",
                "file  | format = avro | pg2sink.file.format: The files of avro cannot grow",
                "kafka | format = xml | pg2sink.kafka.format: There is no format 'xml'; there are avro, debezium, json, ",
                "kafka | format = avro | need the URL of a schema registry in pg2sink.kafka.registry, such as",
                "kafka | tombstones = yes | The option tombstones of the format json is 'yes', but must be one of true, false",
                "s3    | format = parquet | pg2sink.s3.format: There is no format 'parquet'; there are avro, debezium, json, ",
                "s3    | format = avro, codec = lz4 | The option codec of the format avro is 'lz4', but must be one of null, deflate,"
            })
    void aSettingThatMakesNoSenseIsNamedWithWhatItCanBe(String sink, String settings, String problem) {
        Map<String, String> changed = new HashMap<>(Map.of("pg2sink.sinks", "direct:" + sink));
        for (String setting : settings.split(", ")) {
            String[] parts = setting.split(" = ");
            changed.put("pg2sink." + sink + "." + parts[0], parts[1]);
        }

        assertThatThrownBy(() -> start(changed, file(sink)).close()).hasStackTraceContaining(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"s+cr&t%2F", "a)&b=}c", "#?{}$ {x", "üñ\"'<", " ", "RAW(x)", "%41"})
    void aSecretMayHaveAnyCharacters(String secret) throws Exception {
        Map<String, String> settings = Map.of(
                "pg2sink.sinks", SINKS,
                "pg2sink.s3.access.key", secret,
                "pg2sink.s3.secret.key", secret,
                "pg2sink.sql.password", secret);
        try (DefaultCamelContext context = start(settings, file("s3"), file("sql"))) {
            assertThat(context.getEndpoints())
                    .filteredOn(endpoint -> endpoint.getEndpointUri().startsWith("aws2-s3:"))
                    .singleElement()
                    .extracting("configuration.accessKey", "configuration.secretKey")
                    .containsExactly(secret, secret);
            assertThat(context.getRouteDefinitions())
                    .filteredOn(route -> "pg2sink-sql-sink".equals(templateOf(route)))
                    .singleElement()
                    .extracting(route -> dataSourceOf(route).getPassword())
                    .isEqualTo(secret);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"s+cr&t%2F", "a)&b=}c", "#?{}$ {x", "#bean:foo", "üñ\"'<", " ", "RAW(x)", "%41"})
    void thePasswordOfTheSourceMayHaveAnyCharacters(String password) throws Exception {
        Path route = Files.writeString(directory.resolve("source.camel.yaml"), """
                - from:
                    uri: kamelet:pg2sink-source
                    parameters:
                      subscription: shop
                      url: jdbc:postgresql://localhost/shop
                      user: pg2sink
                    steps:
                      - to: stream:out
                """);
        try (DefaultCamelContext context = start(Map.of("camel.kamelet.pg2sink-source.password", password), route)) {
            assertThat(context.getEndpoints())
                    .filteredOn(Pg2sinkEndpoint.class::isInstance)
                    .singleElement()
                    .satisfies(endpoint -> assertThat(endpoint.getEndpointUri()).doesNotContain("assword=" + password))
                    .extracting("configuration.password")
                    .isEqualTo(password);
        }
    }

    private static List<Path> yamlFiles(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).toList();
        }
    }

    private static HikariDataSource dataSourceOf(RouteDefinition route) {
        return route.getRouteTemplateContext()
                .getLocalBeanRepository()
                .lookupByNameAndType("target", HikariDataSource.class);
    }

    private static Object templateOf(RouteDefinition route) {
        return route.getTemplateParameters() == null
                ? null
                : route.getTemplateParameters().get("templateId");
    }

    private static Path file(String route) {
        return Path.of("routes", route + (route.equals("s3") ? ".camel.xml" : ".camel.yaml"));
    }

    @Test
    void theKameletsAndTheirPropertiesAreThoseOfTheDocumentation() throws Exception {
        String page = Files.readString(Path.of("docs/adding-a-sink.md"));
        try (Stream<Path> files = Files.list(Path.of("routes"));
                DefaultCamelContext context = start(Map.of("pg2sink.sinks", SINKS), files.toArray(Path[]::new))) {
            assertThat(context.getRouteTemplateDefinitions()).hasSize(4).allSatisfy(template -> {
                String parameters = template.getTemplateParameters().stream()
                        .map(parameter -> "`" + parameter.getName() + "`")
                        .collect(Collectors.joining(", "));
                assertThat(page).contains("| `" + template.getId() + "` | " + parameters + " |");
            });
        }
    }

    @Test
    void aSinkThatIsNotNamedIsNotThere() throws Exception {
        try (Stream<Path> files = Files.list(Path.of("routes"));
                DefaultCamelContext context =
                        start(Map.of("pg2sink.sinks", "direct:file"), files.toArray(Path[]::new))) {
            assertThat(context.getRoutes())
                    .extracting(Route::getId)
                    .contains("file")
                    .doesNotContainAnyElementsOf(CONNECTING);
            assertThat(context.getComponentNames()).doesNotContain("kafka", "aws2-s3");
        }
    }

    private static void load(Path... files) throws Exception {
        boolean alone = files.length == 1 && files[0].getFileName().toString().startsWith("sinks.");
        String sinks = alone ? "stream:out" : SINKS; // a sink that no route reads is refused
        try (DefaultCamelContext context = start(Map.of("pg2sink.sinks", sinks), files)) {
            assertThat(context.getRoutes().size()
                            + context.getRouteConfigurationDefinitions().size())
                    .isPositive();
        }
    }

    private static DefaultCamelContext start(Map<String, String> changed, Path... files) throws Exception {
        DefaultCamelContext context = new DefaultCamelContext();
        try {
            Properties settings = new Properties();
            settings.putAll(changed);
            context.getPropertiesComponent().setLocation("file:application.properties");
            context.getPropertiesComponent().setOverrideProperties(settings);
            context.setAutoStartup(false);
            for (Path file : files) {
                PluginHelper.getRoutesLoader(context)
                        .loadRoutes(ResourceHelper.resolveResource(context, "file:" + file));
            }
            context.start();
            return context;
        } catch (Exception e) {
            context.close();
            throw e;
        }
    }
}
