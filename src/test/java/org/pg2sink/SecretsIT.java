package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Roles whose name and password have characters that Camel, a URI or a file would take for something else log in by SCRAM. */
@Tag("slow")
class SecretsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /** Everything at once that is more than a character. */
    private static final String WORST = "#bean:{{s3cret}} }}%41\\{{x\\";

    private static final String ROLE = "#bean:{{shop}}";

    private static PrivateServer server;
    private static TestDatabase database;

    @TempDir
    private Path directory;

    @BeforeAll
    static void askForPasswords(@TempDir Path data) {
        server = PrivateServer.start(data, Map.of());
        database = server.database();
        database.execute(
                "create table example (id bigserial primary key, msg text)",
                "create database copy",
                "copy (values ('host all postgres all trust'), ('host all all all scram-sha-256')) to '"
                        + database.value("show hba_file") + "'",
                "select pg_reload_conf()");
        await().until(() -> database.query("select 1 from pg_hba_file_rules where auth_method = 'scram-sha-256'")
                        .size()
                == 1);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** The characters that a file has in another form are what {@link Properties#store} makes of them. */
    @ParameterizedTest
    @ValueSource(
            strings = {"{{x}}", "}}", "#bean:foo", "a\\b", "%41", "+ &?=#", "RAW(x)", "\"'", "é", "a  b", "${x}", WORST
            })
    void aRoleOfAnyNameAndPasswordReadsAndCopies(String secret) throws Exception {
        create(secret, secret);
        Path settings = directory.resolve("application.properties");
        Files.copy(Path.of("application.properties"), settings);
        Properties given = given(secret, secret);
        given.setProperty("pg2sink.imports", "false");
        given.setProperty("camel.main.mainListenerClasses", "org.pg2sink.SettingsCheck"); // the others end the JVM
        given.setProperty("camel.kamelet.pg2sink-source.url", "{{pg2sink.url}}");
        given.setProperty("camel.kamelet.pg2sink-source.subscription", "kamelet");
        given.setProperty("camel.kamelet.pg2sink-source.user", "{{pg2sink.user}}");
        given.setProperty("camel.kamelet.pg2sink-source.password", secret);
        try (OutputStream file = Files.newOutputStream(settings, StandardOpenOption.APPEND)) {
            given.store(file, null);
        }
        Main main = new Main();
        main.setDefaultPropertyPlaceholderLocation("file:" + settings);
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("kamelet:pg2sink-source").to("log:changes?level=OFF");
            }
        });
        try {
            main.start();
            await().atMost(PATIENCE).until(() -> database.query("select usename from pg_stat_replication")
                    .equals(List.of(secret, secret)));
            awaitCopied();
        } finally {
            main.stop();
        }
    }

    private enum Way {
        COMMAND_LINE,
        ENVIRONMENT,
        JBANG
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aSecretWorksInWhateverWayItIsGivenAndIsNeverShown(Way way) throws Exception {
        create(ROLE, WORST);
        Installation installation = installation();
        given(ROLE, WORST).forEach((key, value) -> installation.set(key.toString(), value.toString()));
        try (Pg2sinkProcess process = start(installation, way)) {
            awaitCopied();
            process.stop();
            assertThat(process.log()).contains("DEBUG").doesNotContain("s3cret");
        }
    }

    @Test
    void aPlaceholderStandsForWhatItNames() throws Exception {
        create(ROLE, WORST);
        Installation installation = installation().environment("COPY_PASSWORD", WORST);
        given(ROLE, WORST).forEach((key, value) -> installation.set(key.toString(), value.toString()));
        installation
                .set("pg2sink.sql.password", "{{env:COPY_PASSWORD}}")
                .set("pg2sink.password", "{{?pg2sink.sql.password}}");
        try (Pg2sinkProcess process = start(installation, Way.COMMAND_LINE)) {
            awaitCopied();
            process.stop();
            assertThat(process.log()).doesNotContain("s3cret");
        }
    }

    private Installation installation() throws IOException {
        return new Installation(directory, database)
                .set("pg2sink.subscription", "pg2sink")
                .jvm("-Dorg.slf4j.simpleLogger.log.org.apache.camel=debug")
                .jvm("-Dorg.slf4j.simpleLogger.log.com.zaxxer.hikari=debug")
                .jvm("-Dorg.slf4j.simpleLogger.log.org.apache.camel.component.properties=debug");
    }

    private static Pg2sinkProcess start(Installation installation, Way way) throws IOException {
        return switch (way) {
            case COMMAND_LINE -> installation.start();
            case ENVIRONMENT -> installation.settingsInEnvironment().start();
            case JBANG -> installation.runWithCamelJBang("--logging-level=debug");
        };
    }

    private static void create(String user, String secret) {
        String role = "\"" + user.replace("\"", "\"\"") + "\"";
        String password = "'" + secret.replace("'", "''") + "'";
        if (database.query("select 1 from pg_roles where rolname = '" + user.replace("'", "''") + "'")
                .isEmpty()) {
            database.execute("create role " + role + " superuser login password " + password);
        }
    }

    private static Properties given(String user, String secret) {
        Properties given = new Properties();
        given.setProperty("pg2sink.url", url("postgres"));
        given.setProperty("pg2sink.user", user);
        given.setProperty("pg2sink.password", secret);
        given.setProperty("pg2sink.sinks", "direct:sql");
        given.setProperty("pg2sink.sql.url", url("copy"));
        given.setProperty("pg2sink.sql.user", user);
        given.setProperty("pg2sink.sql.password", secret);
        return given;
    }

    private static String url(String name) {
        return database.url().replace("/postgres", "/" + name).replace("?user=postgres", "");
    }

    /** Waits until a new row is copied; the slots are there before it. */
    private static void awaitCopied() {
        await().atMost(PATIENCE).until(() -> !database.query(
                        "select 1 from pg_replication_slots where slot_name = 'pg2sink' and active")
                .isEmpty());
        String message = UUID.randomUUID().toString();
        database.execute("insert into example (msg) values ('" + message + "')");
        TestDatabase copy = new TestDatabase(url("copy") + "?user=postgres");
        await().atMost(PATIENCE)
                .until(() -> !copy.query("select 1 from pg_class where relname = 'example'")
                                .isEmpty()
                        && copy.query("select msg from example").contains(message));
    }
}
