package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pg2sink.changelog.DatabaseEncoding;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Tables;
import org.pg2sink.imports.ReadOrder.Part;
import org.pg2sink.replication.DatabaseCatalog;
import org.pg2sink.replication.OpenTransactions;
import org.pg2sink.replication.Sql;
import org.pg2sink.replication.SubscriptionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a table in chunks, each in a short transaction of its own. For one thread at a time.
 */
final class TableReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TableReader.class);

    /** The time for which the server may be silent, because a row filter may let few rows through. */
    private static final int MAX_SILENCE_MILLIS = 600_000;

    /** Reported if the table was renamed or dropped after it was looked up. */
    private static final String UNDEFINED_TABLE = "42P01";

    /** Comes before the lock, and takes no snapshot. */
    private static final String BEGIN =
            "set transaction isolation level repeatable read, read only; set local lock_timeout = '5s'; lock table ";

    /**
     * Takes the snapshot, and makes the planner read in the order that is asked for, without sorting. All of it is one
     * statement, because a chunk should cost little besides its rows.
     */
    private static final String SNAPSHOT =
            "select pg_current_snapshot()::text, current_setting('synchronous_standby_names') <> '', "
                    + set("idle_in_transaction_session_timeout", "60s") + ", "
                    + Stream.of("enable_seqscan", "enable_bitmapscan", "enable_sort", "jit")
                            .map(name -> set(name, "off"))
                            .collect(Collectors.joining(", "))
                    + ", " + set("max_parallel_workers_per_gather", "0");

    /** Tells how a read ended. */
    sealed interface Reading {

        /**
         * The rows; may be empty.
         *
         * @param definition of the table, as it was then
         */
        record Rows(Chunk chunk, TableDefinition definition) implements Reading {}

        /** The table cannot be read yet, because somebody has to finish something first. */
        record Wait(String reason) implements Reading {}

        /** The table of the job is gone, renamed or published a second time; reconciling the jobs finds out. */
        record Obsolete() implements Reading {}

        /** The job can never go on. */
        record Ended(String reason) implements Reading {}
    }

    private final String publication;
    private final DatabaseCatalog catalog;
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
     * @param catalog looks up types and primary keys; closed with the reader
     * @param maxBytes the size at which a chunk ends, in bytes
     */
    TableReader(String publication, DatabaseCatalog catalog, long maxBytes) {
        this.catalog = catalog;
        this.publication = publication;
        this.tables = new Tables(catalog);
        this.maxBytes = maxBytes;
    }

    /**
     * Reads the chunk after the job's cursor.
     *
     * @param connection an ordinary connection in autocommit mode; if an exception is thrown, its state is undefined
     * @throws SQLException if the server refuses; a later try may succeed
     */
    Reading read(Connection connection, ImportJob job, ReadSize size) throws SQLException {
        Optional<SeenTable> seen = SeenTable.find(connection, job.relation());
        if (seen.isEmpty()) {
            return new Reading.Obsolete();
        }
        if (encoding == null) {
            encoding = DatabaseCatalog.encoding(connection);
        }
        int timeout = connection.getNetworkTimeout();
        connection.setNetworkTimeout(Runnable::run, MAX_SILENCE_MILLIS);
        connection.setAutoCommit(false);
        Reading reading = readLocking(connection, job, seen.get(), size);
        connection.commit();
        connection.setAutoCommit(true);
        connection.setNetworkTimeout(Runnable::run, timeout);
        return reading;
    }

    private Reading readLocking(Connection connection, ImportJob job, SeenTable seen, ReadSize size)
            throws SQLException {
        try {
            // locked before the snapshot, which would see nothing of a table that is rewritten after it was taken
            try (PreparedStatement statement = connection.prepareStatement(BEGIN + (seen.partitioned() ? "" : "only ")
                    + Sql.quoted(seen.name())
                    + " in access share mode")) { // prepared, so that the driver parses it once
                statement.execute();
            }
            return readLocked(connection, job, seen, size);
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
                return readLocking(connection, job, seen, size);
            }
            if (!UNDEFINED_TABLE.equals(e.getSQLState())) {
                throw e;
            }
            return new Reading.Obsolete();
        } catch (UnreadableKeyException e) {
            return new Reading.Ended(e.getMessage());
        }
    }

    private Reading readLocked(Connection connection, ImportJob job, SeenTable seen, ReadSize size)
            throws SQLException {
        Snapshot snapshot;
        boolean synchronousReplication;
        try (PreparedStatement statement = connection.prepareStatement(SNAPSHOT);
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
        Optional<ReadStart> start = ReadStart.of(connection, publication, definition, job.cursor());
        if (start.isEmpty()) {
            return new Reading.Ended("The key of " + definition + " changed from ("
                    + job.cursor().get(0)
                    + ") while it was imported: resync the table to import it from its beginning");
        }
        ReadOrder order = start.get().order();
        List<String> cursor = start.get().cursor();
        if (cursor.isEmpty() && !job.cursor().isEmpty()) {
            LOG.info("Importing {}: its rows moved to other places, so it is read from its beginning", definition);
        }
        Table table = table(definition);
        set(connection, order);
        ChunkRows read = new ChunkRows(table);
        long bytes = 0;
        boolean last = false;
        while (!last && read.isEmpty()) {
            Optional<Part> part = order.part(connection, cursor, size);
            last = part.isEmpty();
            if (part.isPresent()) {
                PartCopy copy = new PartCopy(definition, encoding, table, order, part.get());
                copy.run(connection, size.rows(), maxBytes, read);
                cursor = copy.cursor() == null ? cursor : copy.cursor();
                bytes = copy.bytes();
                last = part.get().last() && !copy.isFull();
                if (copy.isTooLarge()) {
                    connection.rollback(); // what was cancelled has ended the transaction
                    return readLocking(connection, job, seen, size.counted());
                }
            }
        }
        Chunk chunk = new Chunk(table, read, bytes, snapshot, synchronousReplication, cursor, !job.hasBegun(), last);
        return new Reading.Rows(chunk, definition);
    }

    /** Returns the same object as long as the definition stays the same. */
    private Table table(TableDefinition definition) {
        if (!definition.equals(knownDefinition)) {
            known = tables.of(definition.relation());
            knownDefinition = definition;
        }
        return known;
    }

    private static void set(Connection connection, ReadOrder order) throws SQLException {
        String path = Stream.concat(Stream.of("pg_catalog"), order.operatorSchemas().stream())
                .map(Sql::quoted)
                .collect(Collectors.joining(", "));
        String sql = Stream.concat(
                        Stream.of(set("search_path", path)),
                        order.settings().entrySet().stream().map(setting -> set(setting.getKey(), setting.getValue())))
                .collect(Collectors.joining(", ", "select ", ""));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.execute();
        }
    }

    /** Returns an expression that sets something for the transaction. */
    private static String set(String name, String value) {
        return "set_config('" + name + "', " + Sql.literal(value) + ", true)";
    }

    @Override
    public void close() {
        catalog.close();
    }
}
