package org.pg2sink;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The real server that the tests of one JVM share. Each test takes a {@link TestDatabase} of its own. Which major version
 * it is, {@code -Dpg2sink.test.postgres=NN} says.
 */
public final class TestServer {

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private TestServer() {}

    private static volatile boolean started;

    private static final class Holder {
        static final EmbeddedPostgres SERVER = start();

        private static EmbeddedPostgres start() {
            try {
                started = true;
                return EmbeddedPostgres.builder()
                        .setServerConfig("wal_level", "logical")
                        // zonky's off lets a commit reach a slot as late as the WAL writer likes
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("max_replication_slots", "40")
                        .setServerConfig("max_wal_senders", "40")
                        .setServerConfig("max_prepared_transactions", "10")
                        .setServerConfig("max_connections", "200")
                        .setPGStartupWait(Duration.ofSeconds(60))
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A new, empty database on the shared server. */
    public static TestDatabase newDatabase() {
        String name = "test_" + DATABASES.incrementAndGet();
        TestDatabase administration = new TestDatabase(url("postgres"));
        administration.execute("create database " + name);
        return new TestDatabase(url(name));
    }

    /** Drops the slots that nobody streams from, if any test has used the server. */
    static void dropUnusedSlots() {
        if (started) {
            new TestDatabase(url("postgres"))
                    .query("select pg_drop_replication_slot(slot_name) from pg_replication_slots where not active");
        }
    }

    /** The JDBC URL of a database, for the superuser {@code postgres}, who needs no password. */
    public static String url(String database) {
        return "jdbc:postgresql://localhost:" + Holder.SERVER.getPort() + "/" + database + "?user=postgres";
    }

    /** The server's major version. */
    public static int majorVersion() {
        try (var connection = new TestDatabase(url("postgres")).connect()) {
            return connection.getMetaData().getDatabaseMajorVersion();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
