package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Spring Boot application of {@code src/it/spring-boot}, which Maven builds with nothing of pg2sink but its jar, and with
 * the versions that Spring Boot chooses.
 */
@Tag("slow")
class SpringBootIT {

    private static final Duration PATIENCE = Duration.ofSeconds(180);

    @TempDir
    private static Path project;

    private static List<String> application;

    @TempDir
    private Path directory;

    private TestDatabase database;
    private Installation installation;

    @BeforeAll
    static void build() throws Exception {
        application = application("com.example.ExampleApplication", project);
    }

    @BeforeEach
    void createDatabase() throws IOException {
        database = TestServer.newDatabase();
        database.execute(
                "create table example (id bigint primary key, msg text)",
                "insert into example values (1, 'was there')");
        installation = new Installation(directory, database);
    }

    @Test
    void thePropertiesOfTheApplicationSetTheOptionsOfTheComponent() throws Exception {
        assertStreamsWith(
                "spring.datasource.url = " + TestServer.url("postgres"),
                "camel.component.pg2sink.url = " + database.url(),
                "camel.component.pg2sink.reconcile-interval = 1s",
                "camel.component.pg2sink.excludeTables = {{excluded}}",
                "excluded = secrets",
                "camel.component.pg2sink.embedded-port = {{port}}",
                "port = 54330");

        assertThat(database.query("select tablename from pg_publication_tables"))
                .containsExactly("example");
    }

    @Test
    void aDataSourceOfTheApplicationTellsWhereToConnect() throws Exception {
        assertStreamsWith(
                "spring.datasource.url = " + database.url(), "camel.component.pg2sink.dataSource = #bean:dataSource");
    }

    @Test
    void aMisspelledOptionKeepsItFromStarting() throws Exception {
        configure("spring.datasource.url = " + database.url(), "camel.component.pg2sink.ulr = " + database.url());
        try (Pg2sinkProcess process = installation.start(application)) {
            process.awaitFailure();
            assertThat(process.output()).anyMatch(line -> line.contains("ulr"));
        }
    }

    private void assertStreamsWith(String... properties) throws Exception {
        configure(properties);
        database.execute("create table secrets (id int primary key)");
        try (Pg2sinkProcess process = installation.start(application)) {
            await().atMost(PATIENCE).until(() -> contains(process, "was there"));
            database.execute("insert into example values (2, 'hello')");
            await().atMost(PATIENCE).until(() -> contains(process, "\"msg\":\"hello\""));
            process.stop();
        }
    }

    private static boolean contains(Pg2sinkProcess process, String text) {
        return process.output().stream().anyMatch(line -> line.contains(text));
    }

    private void configure(String... properties) throws IOException {
        Files.write(
                directory.resolve("application.properties"),
                List.of(
                        String.join("\n", properties),
                        "subscription = " + installation.subscription(),
                        "camel.main.run-controller = true"));
    }

    /** Builds the project in a directory, and returns the command that starts one of its applications. */
    static List<String> application(String mainClass, Path directory) throws Exception {
        MavenProject project = MavenProject.copy("spring-boot", directory);
        project.run("compile");
        String classPath = project.directory().resolve("target/classes")
                + File.pathSeparator
                + Files.readString(project.directory().resolve("classpath.txt"));
        return List.of(Installation.java(), "-XX:TieredStopAtLevel=1", "-cp", classPath, mainClass);
    }
}
