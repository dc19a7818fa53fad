package org.pg2sink.imports;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.pg2sink.replication.Atomically;
import org.pg2sink.replication.SubscriptionException;
import org.pg2sink.replication.SubscriptionException.Remedy;

/**
 * Creates pg2sink's own tables in the subscribed database, in the schema {@code pg2sink}, and brings them up to date. Each
 * version is a script; the table {@code pg2sink.schema_version} records which ones were applied.
 *
 * <ul>
 *   <li>If the tables are up to date nothing is written, so the role needs no privilege to create anything.
 *   <li>A script is applied and recorded in one transaction. It holds an advisory lock, so that of several processes only one
 *       applies it.
 *   <li>Earlier builds left the first version to Flyway. They are recognised by {@code import_jobs} without
 *       {@code schema_version}; Flyway's own table, {@code schema_history}, is not used any more and stays.
 * </ul>
 */
public final class OwnSchema {

    private static final OwnSchema CURRENT = new OwnSchema(List.of(
            Script.load("V1__import_jobs.sql"),
            Script.load("V2__positions.sql"),
            Script.load("V3__known_catalog.sql"),
            Script.load("V4__import_runs.sql"),
            Script.load("V5__known_partitions.sql"),
            Script.load("V6__known_type_parts.sql"),
            Script.load("V7__known_parts.sql"),
            Script.load("V8__due_import_jobs.sql"),
            Script.load("V9__import_figures.sql")));

    /** Asks the catalog itself, which needs no privilege. */
    private static final String MAY_WRITE = """
            select exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                           where n.nspname = 'pg2sink' and c.relname = ?
                             and has_schema_privilege(n.oid, 'USAGE') and has_table_privilege(c.oid, 'SELECT')
                             and has_table_privilege(c.oid, 'INSERT') and has_table_privilege(c.oid, 'UPDATE'))""";

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    /** Read committed, so that statements after the lock see what the process that held it before has committed. */
    private static final String LOCK = "set transaction isolation level read committed;"
            + " select pg_advisory_xact_lock(hashtextextended('pg2sink schema', 0))";

    private static final String CREATE_VERSIONS = """
            create table pg2sink.schema_version (
                version int primary key,
                script text not null,
                applied_at timestamptz not null default now()
            );
            comment on table pg2sink.schema_version is 'The versions of the tables in this schema that pg2sink has applied.'""";

    /** By version, from 1. */
    private final List<Script> scripts;

    /** The SQL that makes a version of the one before it. It names the schema, because the search path does not have it. */
    record Script(String name, String sql) {

        /** Reads a file of {@code org/pg2sink/db}. */
        static Script load(String name) {
            try (InputStream file = OwnSchema.class.getResourceAsStream("/org/pg2sink/db/" + name)) {
                return new Script(name, new String(file.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** @param scripts the script of each version, from 1 */
    OwnSchema(List<Script> scripts) {
        this.scripts = scripts;
    }

    /**
     * Brings the tables to the version that this program knows.
     *
     * @param connection in autocommit mode
     * @throws SubscriptionException if the role lacks a privilege, or a newer pg2sink made the tables
     */
    public static void prepare(Connection connection) throws SQLException {
        CURRENT.bringUpToDate(connection);
    }

    /** Returns whether one of the tables exists, and the role may read and write it. */
    static boolean mayWrite(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(MAY_WRITE)) {
            statement.setString(1, table);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    void bringUpToDate(Connection connection) throws SQLException {
        try {
            int version = version(connection);
            while (version < scripts.size()) {
                version = applyNext(connection);
            }
            if (version > scripts.size()) {
                throw new SubscriptionException(
                        Remedy.STOP,
                        "The tables in the schema pg2sink of the database " + connection.getCatalog() + " have version "
                                + version + ", but this pg2sink knows versions up to " + scripts.size()
                                + " only: upgrade it.");
            }
        } catch (SQLException e) {
            if (!INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                throw e;
            }
            throw new SubscriptionException(
                    Remedy.RETRY,
                    "The role may not create, update or use the schema pg2sink, which holds the import jobs and positions ("
                            + e.getMessage().lines().findFirst().orElse("")
                            + "): grant the role CREATE on the database or, if the schema exists, have its owner run GRANT"
                            + " USAGE ON SCHEMA pg2sink, GRANT SELECT ON pg2sink.schema_version and GRANT SELECT, INSERT,"
                            + " UPDATE ON pg2sink.import_jobs, pg2sink.positions to the role; or switch imports off.",
                    e);
        }
    }

    private static int version(Connection connection) throws SQLException {
        if (hasTable(connection, "schema_version")) {
            try (PreparedStatement statement =
                            connection.prepareStatement("select max(version) from pg2sink.schema_version");
                    ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
        return hasTable(connection, "import_jobs") ? 1 : 0; // 1 is what Flyway left
    }

    private static boolean hasTable(Connection connection, String table) throws SQLException {
        return exists(connection, "pg_tables where schemaname = 'pg2sink' and tablename = ?", table);
    }

    /** Asks the catalog's tables, because to_regclass may still say what the session learned before it had the lock. */
    private static boolean exists(Connection connection, String what, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select exists (select from " + what + ")")) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    /** Applies the next version, unless another process has, and returns the version that the tables have now. */
    private int applyNext(Connection connection) throws SQLException {
        return Atomically.run(connection, this::applyNextLocking);
    }

    private int applyNextLocking(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(LOCK);
            int version = version(connection);
            if (version < scripts.size()) {
                Script next = scripts.get(version++);
                if (!exists(
                        connection,
                        "pg_namespace where nspname = ?",
                        "pg2sink")) { // IF NOT EXISTS wants the privilege anyhow
                    statement.execute("create schema pg2sink");
                }
                if (!hasTable(connection, "schema_version")) {
                    statement.execute(CREATE_VERSIONS);
                }
                statement.execute(next.sql);
                record(connection, version, next);
            }
            return version;
        }
    }

    private static void record(Connection connection, int version, Script script) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("insert into pg2sink.schema_version (version, script) values (?, ?)")) {
            statement.setInt(1, version);
            statement.setString(2, script.name);
            statement.executeUpdate();
        }
    }
}
