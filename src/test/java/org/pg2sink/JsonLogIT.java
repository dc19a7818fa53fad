package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log as JSON, as the distribution writes it with {@code LOG_FORMAT=json}. */
@Tag("slow")
class JsonLogIT {

    private static final Path LOGGERS = Path.of("target/distribution/lib").toAbsolutePath();
    private static final Path LEVELS = Path.of("src/main/resources/simplelogger.properties");
    private static final Path LOGBACK = Path.of("src/main/distribution/logging/logback.xml");

    @TempDir
    private Path directory;

    @Test
    void eachLineIsAnObject() throws Exception {
        assumeThat(LOGGERS).as("the build has copied the logger").isDirectory();
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table example (id int primary key, msg text)");
        Installation installation = new Installation(directory, database)
                .jvm("-Dslf4j.internal.verbosity=WARN") // as the launcher has it
                .jvm("-Dslf4j.provider=ch.qos.logback.classic.spi.LogbackServiceProvider")
                .jvm("-Dlogback.configurationFile=" + LOGBACK.toAbsolutePath());
        Files.createDirectories(installation.file("example"));
        try (Pg2sinkProcess process = installation.start(classPath()).awaitStreaming()) {
            database.execute("insert into example values (1, 's3cret')");
            process.awaitLog("is no regular file");
            process.stop();
            List<JsonNode> lines = process.log().lines().map(JsonLogIT::json).toList();
            assertThat(lines).allSatisfy(line -> {
                assertThat(line.get("level").asText()).isIn("INFO", "WARN", "ERROR");
                assertThat(line.get("timestamp").isNumber()).isTrue();
                assertThat(line.get("formattedMessage").asText()).isNotEmpty().doesNotContain("s3cret");
            });
            assertThat(lines)
                    .anySatisfy(line -> assertThat(line.get("formattedMessage").asText())
                            .startsWith("Subscription " + installation.subscription() + ": streaming from "));
        }
    }

    private static String classPath() throws IOException {
        try (Stream<Path> loggers = Files.list(LOGGERS)) {
            return Stream.concat(loggers.map(Path::toString), Stream.of(ProcessClassPath.get()))
                    .collect(Collectors.joining(File.pathSeparator));
        }
    }

    private static JsonNode json(String line) {
        try {
            return new ObjectMapper().readTree(line);
        } catch (IOException e) {
            throw new AssertionError("no JSON: " + line, e);
        }
    }

    @Test
    void theLevelsAreThoseOfTheTextLog() throws IOException {
        String prefix = "org.slf4j.simpleLogger.log.";
        Properties text = new Properties();
        try (var file = Files.newInputStream(LEVELS)) {
            text.load(file);
        }
        TreeMap<String, String> expected = new TreeMap<>();
        text.stringPropertyNames().stream()
                .filter(key -> key.startsWith(prefix))
                .forEach(key -> expected.put(key.substring(prefix.length()), text.getProperty(key)));
        TreeMap<String, String> levels = new TreeMap<>();
        Pattern.compile("<logger name=\"([^\"]+)\" level=\"([^\"]+)\"/>")
                .matcher(Files.readString(LOGBACK))
                .results()
                .forEach(logger -> levels.put(logger.group(1), logger.group(2)));
        assertThat(levels).isEqualTo(expected);
    }
}
