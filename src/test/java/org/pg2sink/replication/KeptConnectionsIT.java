package org.pg2sink.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pg2sink.PrivateServer;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;

class KeptConnectionsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TestDatabase database = TestServer.newDatabase();
    private final KeptConnections connections = new KeptConnections(new Database(database.url(), null, null));

    @AfterEach
    void close() {
        connections.close();
    }

    private static String value(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private static String session(Connection connection) throws SQLException {
        return value(connection, "select pg_backend_pid()");
    }

    private String session() {
        return connections.with("asking", KeptConnectionsIT::session);
    }

    /** How many sessions of these connections the server has. */
    private String sessions() {
        return database.value("select count(*) from pg_stat_activity where datname = current_database()"
                + " and application_name = 'pg2sink'");
    }

    @Test
    void aStatementThatRunsOftenIsPlannedOnce() {
        connections.run("looking for a table", connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("select relname from pg_class where oid = ?")) {
                for (int i = 0; i < 10; i++) { // after some the driver has the server keep it
                    statement.setLong(1, i);
                    statement.execute();
                }
                assertThat(value(
                                connection,
                                "select custom_plans from pg_prepared_statements where statement like '%relname%'"))
                        .isEqualTo("0");
            }
        });
    }

    private void failInSession(String session) {
        assertThatThrownBy(() -> connections.run("failing", connection -> {
                    assertThat(session(connection)).isEqualTo(session);
                    throw new IllegalStateException("the work failed");
                }))
                .hasMessage("the work failed");
    }

    @Test
    void theNextUseGetsTheConnectionOfTheOneBefore() {
        assertThat(session()).isEqualTo(session());
    }

    @Test
    void usesAtTheSameTimeHaveConnectionsOfTheirOwnAndBothAreKept() {
        String other = connections.with("nesting", first -> {
            String inner = session();
            assertThat(inner).isNotEqualTo(session(first));
            return inner;
        });
        assertThat(sessions()).isEqualTo("2");
        connections.run("nesting again", first -> assertThat(session()).isEqualTo(other));
        assertThat(sessions()).isEqualTo("2");
    }

    @Test
    void theConnectionOfAUseThatThrowsIsClosed() {
        String session = session();
        failInSession(session);
        assertThat(session()).isNotEqualTo(session);
        await().atMost(PATIENCE).until(() -> sessions().equals("1"));
    }

    @Test
    void whatTheServerSaysBecomesASentence() {
        assertThatThrownBy(() -> connections.run("looking", connection -> value(connection, "select * from missing")))
                .isInstanceOf(SubscriptionException.class)
                .hasMessageContaining("failed while looking")
                .hasMessageContaining("\"missing\" does not exist");
    }

    @Test
    void theSessionHasTheSettingsOfTheStream() {
        String zone = connections.with("asking", connection -> value(connection, "show timezone"));
        assertThat(zone).isEqualTo("UTC");
    }

    @Test
    void connectionsThatWereIdleWhileTheServerStartedAgainFailOneUseAtMost(@TempDir Path directory) {
        try (PrivateServer server = PrivateServer.start(directory.resolve("data"), Map.of());
                KeptConnections kept =
                        new KeptConnections(new Database(server.database().url(), null, null))) {
            kept.run(
                    "using three",
                    first -> kept.run("using two", second -> kept.run("using one", KeptConnectionsIT::session)));
            server.stop();
            assertThatThrownBy(() -> kept.run("asking", KeptConnectionsIT::session))
                    .isInstanceOfSatisfying(SubscriptionException.class, e -> assertThat(e.isDisconnection())
                            .isTrue());
            server.startAgain(Map.of());
            for (int use = 0; use < 3; use++) {
                kept.run("asking again", KeptConnectionsIT::session);
            }
        }
    }

    @Test
    void closingClosesWhatIsIdleAndEndsWhatIsUsed() throws Exception {
        connections.run("nesting", first -> session());
        CountDownLatch used = new CountDownLatch(1);
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> connections.run("waiting", connection -> {
            used.countDown();
            value(connection, "select pg_sleep(600)");
        }));
        used.await();
        connections.close();
        assertThat(waiting).failsWithin(PATIENCE);
        // the server notices only when it has slept that the client of this one is gone
        database.query("select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(600)%'"
                + " and application_name = 'pg2sink'");
        await().atMost(PATIENCE).until(() -> sessions().equals("0"));
    }

    @Test
    void aUseAfterClosingGetsAConnectionThatIsNotKept() {
        connections.close();
        assertThat(session()).isNotEmpty();
        await().atMost(PATIENCE).until(() -> sessions().equals("0"));
    }
}
