package org.pg2sink;

import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The real server that the tests of one JVM share. Each test takes a {@link TestDatabase} of its own. Which major version
 * it is, {@code -Dpg2sink.test.postgres=NN} says.
 */
public final class TestServer {

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private static final String DROPPABLE = "select datname from pg_database db where datname like 'test\\_%'"
            + " and not exists (select from pg_replication_slots where database = datname)"
            + " and not exists (select from pg_prepared_xacts where database = datname)"
            + " and not exists (select from pg_subscription where subdbid = db.oid)";

    private TestServer() {}

    private static volatile boolean started;

    private static final class Holder {
        static final PostgresServer SERVER = start();

        private static PostgresServer start() {
            started = true;
            return TestServers.get()
                    .startPostgres(Map.of(
                            "wal_level", "logical",
                            // off, as some servers for tests have it, lets a commit reach a slot as late as the WAL
                            // writer likes
                            "synchronous_commit", "on",
                            "max_replication_slots", "40",
                            "max_wal_senders", "40",
                            "max_prepared_transactions", "10",
                            "max_connections", "200"));
        }
    }

    /** A new, empty database on the shared server. */
    public static TestDatabase newDatabase() {
        return newDatabase("");
    }

    /** A new, empty database whose text has that encoding. */
    public static TestDatabase newDatabaseIn(String encoding) {
        return newDatabase(" template template0 locale 'C' encoding '" + encoding + "'");
    }

    private static TestDatabase newDatabase(String options) {
        String name = "test_" + DATABASES.incrementAndGet();
        TestDatabase administration = new TestDatabase(url("postgres"));
        administration.execute("create database " + name + options);
        return new TestDatabase(url(name));
    }

    /** Drops the slots that nobody streams from and the databases that can be dropped then, if any test has used the server. */
    static void sweep() {
        if (started) {
            TestDatabase administration = new TestDatabase(url("postgres"));
            administration.query(
                    "select pg_drop_replication_slot(slot_name) from pg_replication_slots where not active");
            for (String database : administration.query(DROPPABLE)) {
                administration.execute("drop database " + database + " with (force)");
            }
        }
    }

    /** The JDBC URL of a database, for the superuser {@code postgres}, who needs no password. */
    public static String url(String database) {
        return "jdbc:postgresql://localhost:" + Holder.SERVER.port() + "/" + database + "?user=postgres";
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
