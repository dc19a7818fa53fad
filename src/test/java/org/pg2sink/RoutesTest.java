package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Route;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shipped routes name endpoints, options, beans and properties that there are. Needs no database. */
class RoutesTest {

    /** The sinks that are there only if they are named. */
    private static final List<String> CONNECTING = List.of("kafka", "s3", "sql");

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

    @ParameterizedTest
    @CsvSource({
        "stream, batching: true, batchign: true, batchign",
        "stream, '{{pg2sink.confirm}}', '{{pg2sink.confrim}}', pg2sink.confrim",
        "stream, uri: pg2sink, uri: pg2snik, pg2snik",
        "stream, stopOnException, stopOnExeption, stopOnExeption",
        "stream, expression: schemaFilter, expression: schemaFitler, schemaFitler",
        "file, fileExist: Append, fileExists: Append, fileExists",
        "file, fileExist: Append, fileExist: Apend, Apend",
        "file, '{{tableFile}}', '{{tableFiel}}', tableFiel",
        "file, component.TableFile, component.TabelFile, TabelFile",
        "imports, operation: import, operation: imprt, imprt",
        "imports, greedy, gredy, gredy",
        "imports, '{{pg2sink.imports}}', '{{pg2sink.importz}}', pg2sink.importz",
        "console, appendNewLine, apendNewLine, apendNewLine",
        "kafka, 'brokers: ', 'brokesr: ', brokesr",
        "kafka, tombstones:, tombstnoes:, tombstnoes",
        "kafka, pg2sink.kafka.topic, pg2sink.kafka.topci, pg2sink.kafka.topci",
        "s3, fileName=, fileNmae=, fileNmae",
        "s3, '{{objectKey}}', '{{objectKye}}', objectKye",
        "s3, gzipDeflater, gzipDeflator, gzipDeflator",
        "s3, pg2sink.s3.bucket, pg2sink.s3.bukcet, pg2sink.s3.bukcet",
        "sql, 'dataSource:', 'dataSuorce:', dataSuorce",
        "sql, jdbcUrl, jdbcUlr, jdbcUlr",
        "sql, '{{databaseCopy}}', '{{databaseCpoy}}', databaseCpoy",
        "delivery, maximumRedeliveries, maximumRedelivries, maximumRedelivries"
    })
    void aMisspelledRouteFileDoesNot(String route, String right, String wrong, String named) throws IOException {
        Path shipped = file(route);
        String text = Files.readString(shipped);
        assertThat(text).contains(right);
        Path misspelled = Files.writeString(directory.resolve(shipped.getFileName()), text.replace(right, wrong));

        assertThatThrownBy(() -> load(misspelled)).hasStackTraceContaining(named);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pg2sink.kafka.format | xml | (pg2sink.kafka.format) is 'xml', but it has to be json or avro.",
                "pg2sink.kafka.format | avro | need the URL of a schema registry in pg2sink.kafka.registry, such as",
                "pg2sink.s3.format | parquet | (pg2sink.s3.format) is 'parquet', but it has to be jsonl or avro.",
                "pg2sink.s3.codec  | lz4     | (pg2sink.s3.codec) is 'lz4', but it has to be one of null, deflate,"
            })
    void aSettingThatMakesNoSenseIsNamedWithWhatItCanBe(String key, String value, String problem) {
        assertThatThrownBy(() -> start(Map.of("pg2sink.sinks", "direct:" + sinkOf(key), key, value), file(sinkOf(key)))
                        .close())
                .hasStackTraceContaining(problem);
    }

    /** The sink that a setting is of. */
    private static String sinkOf(String key) {
        return key.split("\\.")[1];
    }

    private static Path file(String sink) {
        return Path.of("routes", sink + (sink.equals("s3") ? ".camel.xml" : ".camel.yaml"));
    }

    @Test
    void theKameletsAndTheirPropertiesAreThoseOfTheDocumentation() throws Exception {
        String page = Files.readString(Path.of("docs/adding-a-sink.md"));
        try (Stream<Path> files = Files.list(Path.of("routes"));
                DefaultCamelContext context =
                        start(Map.of("pg2sink.sinks", "direct:file"), files.toArray(Path[]::new))) {
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
        Map<String, String> sinks = Map.of("pg2sink.sinks", "direct:" + String.join(",direct:", CONNECTING));
        try (DefaultCamelContext context = start(sinks, files)) {
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
