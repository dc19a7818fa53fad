package org.pg2sink;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** pg2sink as a user runs it, with settings that cannot work: one sentence, exit code 1, and nothing is made on the server. */
@Tag("slow")
class RefusedStartIT {

    @TempDir
    private Path directory;

    private TestDatabase database;
    private Installation installation;

    @BeforeEach
    void install() throws IOException {
        database = TestServer.newDatabase();
        installation = new Installation(directory, database);
        installation.jvm("-Dorg.slf4j.simpleLogger.log.org.apache.camel=off"); // the tests' own logging tells more
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "direct:nosuch | pg2sink.sinks names direct:nosuch, but no route begins with it: name one that does, or add such a route",
                "direct:file,seda:later | pg2sink.sinks names seda:later, but no route begins with it: name one that does, or add such a route",
                "file | pg2sink.sinks names file, which is no endpoint: expected an endpoint's URI, such as direct:file or kafka:changes",
                "kamelet:pg2sink-flie-sink/archive | pg2sink.sinks names kamelet:pg2sink-flie-sink/archive, but there is no kamelet pg2sink-flie-sink: neither a route template of that name, nor classpath:kamelets/pg2sink-flie-sink.kamelet.yaml",
                "'' | pg2sink.sinks names no endpoint to deliver to"
            })
    void aSinkThatDoesNotExist(String sinks, String sentence) throws Exception {
        installation.set("pg2sink.sinks", sinks);
        assertRefused(sentence);
    }

    @Test
    void aSecretInTheUriOfASinkIsNotRepeated() throws Exception {
        installation.set("pg2sink.sinks", "kafka:changes?saslPasswort=s3cret");
        try (Pg2sinkProcess process = installation.start()) {
            process.awaitFailure();
            assertThat(process.log())
                    .startsWith("pg2sink cannot start: pg2sink.sinks names kafka:changes, which does not work: ")
                    .contains("saslPasswort")
                    .doesNotContain("s3cret");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{s3cret}}", "s3{{cret", "s3cret}}", "#bean:s3cret"})
    void aSecretInAnOptionThatCamelWouldTakeForSomethingElse(String value) throws Exception {
        installation.set("pg2sink.password", value).settingsInEnvironment();
        installation.jvm(
                "-Dcamel.component.pg2sink.password={{pg2sink.password:}}"); // as files of earlier versions have it
        try (Pg2sinkProcess process = installation.start()) {
            process.awaitFailure();
            assertThat(process.log())
                    .startsWith("pg2sink cannot start: camel.component.pg2sink.password has {{ or }}")
                    .doesNotContain(value, "s3cret");
        }
    }

    @Test
    void aPasswordInAPropertyThatIsNotGiven() throws Exception {
        installation.set("camel.component.pg2sink.passwordProperty", "pg2sink.pasword");
        assertRefused(
                "passwordProperty names the property pg2sink.pasword, which is not given: give it, or correct the name");
    }

    @Test
    void aSecretOfAnotherComponentInAPropertyThatIsNotGiven() throws Exception {
        installation
                .set("my.kafka.login", "s3cret")
                .set("camel.beans.kafkaLogin", "#class:org.pg2sink.component.Secret")
                .set("camel.beans.kafkaLogin.property", "my.kafka.logn")
                .set("camel.component.kafka.saslJaasConfig", "#bean:kafkaLogin");
        assertRefused(
                "A bean of the type org.pg2sink.component.Secret names the property my.kafka.logn, which is not given:"
                        + " give it, or correct the name");
    }

    @Test
    void aSecretOfAnotherComponentThatNamesNoProperty() throws Exception {
        installation
                .set("camel.beans.kafkaLogin", "#class:org.pg2sink.component.Secret")
                .set("camel.component.kafka.saslJaasConfig", "#bean:kafkaLogin");
        assertRefused("A bean of the type org.pg2sink.component.Secret names no property: set its option property");
    }

    @Test
    void aMisspelledKeyInTheEnvironment() throws Exception {
        installation.environment("PG2SINK_BATCH_SIZ", "10");
        assertRefused("The variable PG2SINK_BATCH_SIZ of the environment is no setting: is PG2SINK_BATCH_SIZE meant?");
    }

    @Test
    void aKeyOfCamelThatDoesNotExist() throws Exception {
        installation.set("camel.main.sslPasword", "s3cret");
        assertRefused("camel.main.sslPasword is no setting, or cannot have this value");
    }

    @Test
    void aDatabaseThatDoesNotExistEndsIt() throws Exception {
        installation.set("pg2sink.url", database.url().replace("/test_", "/nowhere_"));
        assertEnds("There is no such database at localhost:");
    }

    @Test
    void anUrlThatIsNoneOfPostgresEndsIt() throws Exception {
        installation.set("pg2sink.url", "jdbc:mysql://localhost/shop");
        try (Pg2sinkProcess process = installation.start()) {
            process.awaitFailure();
            assertThat(process.log()).contains("jdbc:postgresql://").doesNotContain("Exception");
        }
    }

    @Test
    void aServerThatIsNoPostgresEndsIt() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread web = new Thread(() -> {
                while (true) {
                    try (Socket client = listener.accept()) {
                        client.getInputStream().read(new byte[8]);
                        client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
                    } catch (IOException e) {
                        return; // the test is over
                    }
                }
            });
            web.start();
            installation.set(
                    "pg2sink.url", "jdbc:postgresql://localhost:" + listener.getLocalPort() + "/shop?user=shop");
            assertEnds("What listens at localhost:" + listener.getLocalPort() + "/shop is no PostgreSQL server");
        }
    }

    @Test
    void aWrongPasswordEndsIt(@TempDir Path data) throws Exception {
        try (PrivateServer server = PrivateServer.start(data, Map.of())) {
            TestDatabase own = server.database();
            own.execute(
                    "create role shop login password 'right'",
                    "copy (values ('host all shop all scram-sha-256'), ('host all all all trust')) to '"
                            + own.value("show hba_file") + "'",
                    "select pg_reload_conf()");
            await().until(() -> own.query("select 1 from pg_hba_file_rules where auth_method = 'scram-sha-256'")
                            .size()
                    == 1);
            installation
                    .set("pg2sink.url", own.url().replace("user=postgres", ""))
                    .set("pg2sink.user", "shop")
                    .set("pg2sink.password", "s3cret-wrong");
            assertEnds("The server refuses the login of role 'shop' at localhost:");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:postgresql://nowhere.invalid/shop?user=shop | Cannot connect to nowhere.invalid:5432/shop (there is no host of that name): check pg2sink.url.",
                "jdbc:postgresql://localhost:1/shop?user=shop&sslmode=q | The parameter sslmode of pg2sink.url must be one of disable, allow, prefer, require, verify-ca, verify-full, but is 'q'"
            })
    void anUrlThatCannotBeMeantEndsIt(String url, String sentence) throws Exception {
        installation.set("pg2sink.url", url);
        assertEnds(sentence);
    }

    @Test
    void aServerThatDoesNotListenYetIsWaitedFor() throws Exception {
        installation.set("pg2sink.url", "jdbc:postgresql://localhost:1/shop?user=shop");
        try (Pg2sinkProcess process = installation.start()) {
            process.awaitLog("Cannot connect to localhost:1/shop").awaitLog("Trying again");
            process.stop(); // it still runs
        }
    }

    private void assertEnds(String sentence) throws IOException, InterruptedException {
        try (Pg2sinkProcess process = installation.start()) {
            process.awaitFailure();
            assertThat(process.log().lines().filter(line -> line.contains("pg2sink")))
                    .singleElement()
                    .asString()
                    .contains(sentence)
                    .doesNotContain("s3cret-wrong");
            assertThat(process.log()).doesNotContain("Exception");
        }
    }

    private void assertRefused(String sentence) throws IOException, InterruptedException {
        try (Pg2sinkProcess process = installation.start()) {
            process.awaitFailure();
            assertThat(process.log()).isEqualTo("pg2sink cannot start: " + sentence + System.lineSeparator());
            assertThat(database.query("select 1 from pg_replication_slots where slot_name = '"
                            + installation.subscription() + "' union all select 1 from pg_publication"))
                    .isEmpty();
        }
    }
}
