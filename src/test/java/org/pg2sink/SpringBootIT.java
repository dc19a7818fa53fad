package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Spring Boot application with nothing of pg2sink but its jar, and with the versions that Spring Boot chooses. */
class SpringBootIT {

    private static final Duration PATIENCE = Duration.ofSeconds(180);

    private static final String APPLICATION = "org.pg2sink.springboot.ExampleApplication";

    @TempDir
    private Path directory;

    private TestDatabase database;
    private Installation installation;

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
        try (Pg2sinkProcess process = installation.start(application())) {
            process.awaitFailure();
            assertThat(process.output()).anyMatch(line -> line.contains("ulr"));
        }
    }

    private void assertStreamsWith(String... properties) throws Exception {
        configure(properties);
        database.execute("create table secrets (id int primary key)");
        try (Pg2sinkProcess process = installation.start(application())) {
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

    private static List<String> application() throws IOException {
        return application(APPLICATION);
    }

    /** Returns the command that starts an application, on the class path of Spring Boot's choice. */
    static List<String> application(String mainClass) throws IOException {
        String classPath = String.join(
                File.pathSeparator,
                Path.of("target/test-classes").toAbsolutePath().toString(),
                System.getProperty("pg2sink.test.jar"),
                Files.readString(Path.of("target/it/spring-boot/classpath.txt")));
        return new ArrayList<>(List.of(Installation.java(), "-XX:TieredStopAtLevel=1", "-cp", classPath, mainClass));
    }
}
