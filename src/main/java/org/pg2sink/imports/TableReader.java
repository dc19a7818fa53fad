package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.pg2sink.changelog.Catalog;
import org.pg2sink.changelog.DatabaseEncoding;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Tables;
import org.pg2sink.imports.ReadOrder.Part;
import org.pg2sink.replication.OpenTransactions;
import org.pg2sink.replication.Sql;
import org.pg2sink.replication.SubscriptionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a table in chunks, each in a short transaction of its own. For one thread at a time.
 */
final class TableReader {

    private static final Logger LOG = LoggerFactory.getLogger(TableReader.class);

    private static final int FIRST_ROWS = 1000;
    /** The time for which the server may be silent, because a row filter may let few rows through. */
    private static final int MAX_SILENCE_MILLIS = 600_000;

    /** Reported if the table was renamed or dropped after it was looked up. */
    private static final String UNDEFINED_TABLE = "42P01";

    /**
     * Makes the planner use the index of the key. The session keeps how it plans, because the queries of the catalog would
     * take longer to plan than to run.
     */
    private static final String SETTINGS = String.join(
            "; ",
            "set transaction isolation level repeatable read, read only",
            "set local lock_timeout = '5s'",
            "set local idle_in_transaction_session_timeout = '60s'",
            "set local enable_seqscan = off",
            "set local enable_bitmapscan = off",
            "set local enable_sort = off",
            "set local max_parallel_workers_per_gather = 0",
            "set local jit = off",
            "set plan_cache_mode = force_generic_plan");

    /** Tells how a read ended. */
    sealed interface Reading {

        /** The rows; may be empty. */
        record Rows(Chunk chunk) implements Reading {}

        /** The table cannot be read yet, because somebody has to finish something first. */
        record Wait(String reason) implements Reading {}

        /** The table of the job is gone, renamed or published a second time; reconciling the jobs finds out. */
        record Obsolete() implements Reading {}

        /** The job can never go on. */
        record Ended(String reason) implements Reading {}
    }

    private final String publication;
    private final Tables tables;
    private final long maxBytes;

    /** Null before the first read. */
    private DatabaseEncoding encoding;

    /** The definition of the table that was read last; null before the first, and if it may have changed. */
    private TableDefinition knownDefinition;

    /** The table of that definition. */
    private Table known;

    /**
     * @param publication the name of the publication
     * @param catalog looks up types and primary keys
     * @param maxBytes the size at which a chunk ends, in bytes
     */
    TableReader(String publication, Catalog catalog, long maxBytes) {
        this.publication = publication;
        this.tables = new Tables(catalog);
        this.maxBytes = maxBytes;
    }

    /** Returns the size of the next chunk of a job, in rows: about as many as the bytes allow, by the rows so far. */
    int rowsToRead(ImportJob job, int max) {
        if (job.rows() == 0 || job.bytes() == 0) {
            return Math.min(max, FIRST_ROWS);
        }
        return (int) Math.max(1, Math.min(max, maxBytes / Math.max(1, job.bytes() / job.rows())));
    }

    /** Returns whether another chunk may be in memory beside this one. Only a large row makes a chunk too large for that. */
    boolean leavesRoom(Chunk chunk) {
        return chunk.bytes() < 2 * maxBytes;
    }

    /**
     * Reads the chunk after the job's cursor.
     *
     * @param connection an ordinary connection in autocommit mode; if an exception is thrown, its state is undefined
     * @throws SQLException if the server refuses; a later try may succeed
     */
    Reading read(Connection connection, ImportJob job, int rows) throws SQLException {
        Optional<SeenTable> seen = SeenTable.find(connection, job.relation());
        if (seen.isEmpty()) {
            return new Reading.Obsolete();
        }
        if (encoding == null) {
            encoding = encoding(connection);
        }
        int timeout = connection.getNetworkTimeout();
        connection.setNetworkTimeout(Runnable::run, MAX_SILENCE_MILLIS);
        connection.setAutoCommit(false);
        Reading reading = readLocking(connection, job, seen.get(), rows);
        connection.commit(); // keeps what is set for the session
        connection.setAutoCommit(true);
        connection.setNetworkTimeout(Runnable::run, timeout);
        return reading;
    }

    private static DatabaseEncoding encoding(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show server_encoding")) {
            row.next();
            return DatabaseEncoding.of(row.getString(1));
        }
    }

    private Reading readLocking(Connection connection, ImportJob job, SeenTable seen, int rows) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // locked before the snapshot, which would see nothing of a table that is rewritten after it was taken
            statement.execute(SETTINGS + "; lock table " + (seen.partitioned() ? "" : "only ")
                    + Sql.quoted(seen.name())
                    + " in access share mode");
            return readLocked(connection, job, seen, rows);
        } catch (SQLException e) {
            knownDefinition = null;
            if (SubscriptionException.isUnconvertible(e) && encoding.canBeRaw() && !encoding.isRaw()) {
                encoding = encoding.raw(); // the server would fail at the same row for ever
                LOG.warn(
                        "Importing {}: the server cannot convert a value ({}). From now on text is read as it is stored, and"
                                + " converted here.",
                        seen.name(),
                        e.getMessage());
                connection.rollback();
                return readLocking(connection, job, seen, rows);
            }
            if (!UNDEFINED_TABLE.equals(e.getSQLState())) {
                throw e;
            }
            return new Reading.Obsolete();
        } catch (UnreadableKeyException e) {
            return new Reading.Ended(e.getMessage());
        }
    }

    private Reading readLocked(Connection connection, ImportJob job, SeenTable seen, int rows) throws SQLException {
        Snapshot snapshot;
        boolean synchronousReplication;
        try (PreparedStatement statement = connection.prepareStatement(
                        "select pg_current_snapshot()::text, current_setting('synchronous_standby_names') <> ''");
                ResultSet row = statement.executeQuery()) {
            row.next();
            snapshot = Snapshot.parse(row.getString(1));
            synchronousReplication = row.getBoolean(2);
        }
        if (Safeguard.BARRIER.on && snapshot.xmin() <= job.barrier()) {
            return new Reading.Wait("transactions that were running when it was published, such as "
                    + OpenTransactions.name(connection, snapshot.xmin()));
        }
        Optional<TableDefinition> locked = TableDefinition.find(connection, publication, job.relation());
        if (locked.isEmpty() || locked.get().membership() != job.membership()) {
            return new Reading.Obsolete();
        }
        TableDefinition definition = locked.get();
        if (!definition.name().equals(seen.name()) || definition.partitioned() != seen.partitioned()) {
            knownDefinition = null;
            return new Reading.Wait(
                    "the table, which was renamed just now"); // so that the next try locks it by its new name
        }
        ReadOrder order = definition.key().isEmpty() ? new PlaceOrder(definition) : new KeyOrder(definition);
        if (!job.cursor().isEmpty() && !order.goesOnFrom(job.cursor())) {
            return new Reading.Ended("The key of " + definition + " changed from ("
                    + job.cursor().get(0)
                    + ") while it was imported: resync the table to import it from its beginning");
        }
        Table table = table(definition);
        findOperators(connection, order.operatorNamespaces());
        List<Row> read = new ArrayList<>();
        List<String> cursor = job.cursor();
        long bytes = 0;
        boolean last = false;
        while (!last && read.isEmpty()) {
            Optional<Part> part = order.part(connection, cursor, rows);
            last = part.isEmpty();
            if (part.isPresent()) {
                PartCopy copy = new PartCopy(definition, encoding, table, order, part.get());
                copy.run(connection, rows, maxBytes, read);
                cursor = copy.cursor() == null ? cursor : copy.cursor();
                bytes = copy.bytes();
                last = part.get().last() && !copy.isFull();
            }
        }
        return new Reading.Rows(
                new Chunk(table, read, bytes, snapshot, synchronousReplication, cursor, !job.hasBegun(), last));
    }

    /** Returns whether the table of a job is still as it was when it was read last. */
    boolean isCurrent(Connection connection, ImportJob job) throws SQLException {
        Optional<TableDefinition> definition = TableDefinition.find(connection, publication, job.relation());
        boolean current = definition.isPresent() && definition.get().equals(knownDefinition);
        if (!current) {
            knownDefinition = null;
        }
        return current;
    }

    /** Returns the same object as long as the definition stays the same. */
    private Table table(TableDefinition definition) {
        if (!definition.equals(knownDefinition)) {
            known = tables.of(definition.relation());
            knownDefinition = definition;
        }
        return known;
    }

    /** Sets the search path, because a row comparison has no other way to name the operators of an extension. */
    private static void findOperators(Connection connection, List<String> namespaces) throws SQLException {
        Set<String> path = new LinkedHashSet<>(List.of("pg_catalog"));
        path.addAll(namespaces);
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "set local search_path = " + path.stream().map(Sql::quoted).collect(Collectors.joining(", ")));
        }
    }
}
