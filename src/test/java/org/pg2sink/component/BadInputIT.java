package org.pg2sink.component;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import org.pg2sink.PrivateServer;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.stream.StreamState;

/** One sentence for each thing that can be wrong, which says how to mend it; then the retry or the stop that fits. */
@Tag("core")
class BadInputIT {

    private TestDatabase database;
    private String name;

    @BeforeEach
    void createDatabase() {
        database = TestServer.newDatabase();
        database.execute("create table example (id bigserial primary key, msg text)");
        name = Subscriber.nameFor(database);
    }

    /** Runs against {@code url} until the stream is in that state, and returns the problem. */
    private String problem(String url, StreamState state, String... credentials) {
        try (Subscriber subscriber = Subscriber.route(
                new TestDatabase(database.url()),
                "url=RAW(" + url + ")"
                        + (credentials.length > 0
                                ? "&user=" + credentials[0] + "&password=RAW(" + credentials[1] + ")"
                                : ""),
                stream -> stream.process(exchange -> {}))) {
            await().atMost(Subscriber.PATIENCE).until(() -> subscriber.status().problem() != null);
            assertThat(subscriber.status().state()).isEqualTo(state);
            return subscriber.status().problem();
        }
    }

    private String problem(StreamState state) {
        return problem(database.url(), state);
    }

    @Test
    void noServerAtTheUrl() {
        assertThat(problem("jdbc:postgresql://localhost:1/postgres", StreamState.RETRYING))
                .startsWith("Cannot connect to localhost:1/postgres")
                .contains("pg2sink.url");
    }

    @Test
    void noSuchDatabase() {
        assertThat(problem(database.url().replace("/test_", "/nowhere_"), StreamState.STOPPED))
                .contains("no such database")
                .contains("pg2sink.url");
    }

    @Test
    void anUrlThatIsNoneOfPostgres() {
        assertThat(problem("jdbc:mysql://localhost/db", StreamState.STOPPED)).contains("jdbc:postgresql://");
    }

    @Test
    void aHostThatNobodyKnows() {
        assertThat(problem("jdbc:postgresql://nowhere.invalid/postgres", StreamState.STOPPED))
                .isEqualTo("Cannot connect to nowhere.invalid:5432/postgres (there is no host of that name): check"
                        + " pg2sink.url.");
    }

    @Test
    void anSslModeThatDoesNotExist() {
        assertThat(problem("jdbc:postgresql://localhost:1/shop?sslmode=q", StreamState.STOPPED))
                .startsWith("The parameter sslmode of pg2sink.url must be one of disable, allow,")
                .contains("but is 'q'");
    }

    @Test
    void whatListensThereIsNoPostgres() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread web = new Thread(() -> {
                while (!listener.isClosed()) {
                    try (Socket client = listener.accept()) {
                        client.getInputStream().read();
                        client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
                    } catch (IOException e) {
                        return; // the test is over
                    }
                }
            });
            web.start();
            assertThat(problem(
                            "jdbc:postgresql://localhost:" + listener.getLocalPort() + "/shop?user=shop",
                            StreamState.STOPPED))
                    .startsWith(
                            "What listens at localhost:" + listener.getLocalPort() + "/shop is no PostgreSQL server")
                    .endsWith("check pg2sink.url.");
        }
    }

    @Test
    void aParameterOfTheUrlThatIsWrong() {
        assertThat(problem(database.url() + "&options=-c%20nosuch=1", StreamState.STOPPED))
                .startsWith("A parameter of pg2sink.url is wrong");
    }

    @Test
    void aWrongPassword(@TempDir Path directory) throws Exception {
        try (PrivateServer server = PrivateServer.start(directory, Map.of())) {
            TestDatabase own = server.database();
            own.execute("create role shop login password 'right'");
            // the server writes it itself, wherever its files are
            own.execute(
                    "copy (values ('host all shop all scram-sha-256'), ('host all all all trust')) to '"
                            + own.value("show hba_file") + "'",
                    "select pg_reload_conf()");
            await().until(() -> own.query("select 1 from pg_hba_file_rules where auth_method = 'scram-sha-256'")
                            .size()
                    == 1);

            String problem =
                    problem(own.url().replace("user=postgres", ""), StreamState.STOPPED, "shop", "s3cret-wrong");
            assertThat(problem).contains("refuses the login of role 'shop'").contains("pg2sink.password");
            assertThat(problem).doesNotContain("s3cret-wrong");
        }
    }

    @Test
    void walLevelIsNotLogical(@TempDir Path directory) {
        try (PrivateServer server = PrivateServer.start(directory, Map.of("wal_level", "replica"))) {
            assertThat(problem(server.database().url(), StreamState.RETRYING))
                    .contains("wal_level is replica")
                    .contains("ALTER SYSTEM SET wal_level = logical");
        }
    }

    @Test
    void noFreeSlotAndThenNoFreeWalsender(@TempDir Path directory) {
        Map<String, String> few = Map.of("max_replication_slots", "1", "max_wal_senders", "1");
        try (PrivateServer server = PrivateServer.start(directory, few)) {
            TestDatabase own = server.database();
            own.execute(
                    "create table example (id int primary key)",
                    "select pg_create_logical_replication_slot('other', 'pgoutput')");
            assertThat(problem(own.url(), StreamState.RETRYING)).contains("max_replication_slots");

            own.execute("select pg_drop_replication_slot('other')");
            server.stop();
            server.startAgain(Map.of("max_replication_slots", "1", "max_wal_senders", "0"));
            assertThat(problem(own.url(), StreamState.RETRYING)).contains("max_wal_senders");
        }
    }

    @Test
    void aRoleWithoutReplication() {
        database.execute(
                "create role " + name + " login",
                "grant create on database " + database.value("select current_database()") + " to " + name);
        assertThat(problem(database.url().replace("user=postgres", "user=" + name), StreamState.RETRYING))
                .contains("Role '" + name + "' lacks a privilege");
    }

    @Test
    void aRoleThatMayNotCreateThePublication() {
        database.execute("create role " + name + " login replication");
        assertThat(problem(database.url().replace("user=postgres", "user=" + name), StreamState.RETRYING))
                .contains("Role '" + name + "' lacks a privilege")
                .contains("publication")
                .contains("Run: GRANT CREATE ON DATABASE");
        assertThat(database.query("select 1 from pg_namespace where nspname = 'pg2sink'"))
                .isEmpty();
    }

    @Test
    void aSlotOfAnotherKind() {
        database.execute("select pg_create_physical_replication_slot('" + name + "')");
        assertThat(problem(StreamState.STOPPED)).contains("physical").contains(name);
        database.execute("select pg_drop_replication_slot('" + name + "')");
    }

    @Test
    void aSlotOfAnotherDatabase() {
        TestDatabase other = TestServer.newDatabase();
        other.execute("select pg_create_logical_replication_slot('" + name + "', 'pgoutput')");
        assertThat(problem(StreamState.STOPPED))
                .contains("belongs to the database " + other.value("select current_database()"));
        other.execute("select pg_drop_replication_slot('" + name + "')");
    }

    @Test
    void aSlotThatIsOlderThanItsPublication() {
        database.execute(
                "select pg_create_logical_replication_slot('" + name + "', 'pgoutput')",
                "insert into example (msg) values ('a')");
        assertThat(problem(StreamState.STOPPED))
                .contains("from before its publication was created")
                .contains("pg_drop_replication_slot");
    }

    @Test
    void aSlotThatWasMadeForTwoPhaseCommits() {
        if (TestServer.majorVersion() < 15) {
            return; // pgoutput knows none
        }
        database.query("select pg_create_logical_replication_slot('" + name + "', 'pgoutput', false, true)");
        assertThat(problem(StreamState.STOPPED)).contains("two_phase").contains(name);
    }

    @Test
    void anUnknownOption() {
        assertThatThrownBy(() -> Subscriber.route(database, "bachSize=5", stream -> stream.process(exchange -> {})))
                .hasStackTraceContaining("bachSize");
    }

    @Test
    void optionsThatAreNotWellFormedAreRefusedAtTheStart() {
        assertThatThrownBy(() -> Subscriber.route(database, "tables=a,,b", stream -> stream.process(exchange -> {})))
                .hasStackTraceContaining("The option tables must be");
        assertThatThrownBy(() -> Subscriber.route(database, "timezone=Mars", stream -> stream.process(exchange -> {})))
                .hasStackTraceContaining("The option timezone must be");
        assertThatThrownBy(() -> Subscriber.route(database, "schemas=", stream -> stream.process(exchange -> {})))
                .hasStackTraceContaining("The option schemas must");
        assertThatThrownBy(() -> Subscriber.route(database, "batchSize=0", stream -> stream.process(exchange -> {})))
                .hasStackTraceContaining("The option batchSize must be at least 1");
        assertThatThrownBy(() -> Subscriber.route(database, "maxInFlight=0", stream -> stream.process(exchange -> {})))
                .hasStackTraceContaining("The option maxInFlight must be at least 1");
        assertThatThrownBy(() -> Subscriber.route(database, "lanes=0", stream -> stream.process(exchange -> {})))
                .hasStackTraceContaining("The option lanes must be at least 1");
    }
}
