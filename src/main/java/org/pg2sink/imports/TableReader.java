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
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Tables;
import org.pg2sink.imports.ReadOrder.Part;
import org.pg2sink.pgoutput.Message;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.pgoutput.TupleValue.Data;
import org.pg2sink.replication.Sql;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * Reads a table in chunks with {@code COPY}, each in a short transaction of its own. For one thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-copy.html">COPY</a>
 */
final class TableReader {

    private static final int FIRST_ROWS = 1000;
    /** How long the server may be silent, as behind a row filter that lets few rows through. */
    private static final int READ_MILLIS = 600_000;

    /** True; and by the time that a row is printed, names are as they are in the stream. */
    private static final String PATH_OF_THE_STREAM =
            "(select pg_catalog.set_config('search_path', 'pg_catalog', true)) is not null";

    private static final String QUERY_CANCELED = "57014";
    /** Renamed or dropped since it was seen. */
    private static final String UNDEFINED_TABLE = "42P01";

    /** An error is better than rows that row-level security hides; and rows come in the order of the key's index. */
    private static final String SETTINGS = String.join(
            "; ",
            "set transaction isolation level repeatable read, read only",
            "set local lock_timeout = '5s'",
            "set local idle_in_transaction_session_timeout = '60s'",
            "set local row_security = off",
            "set local enable_seqscan = off",
            "set local enable_bitmapscan = off",
            "set local enable_sort = off",
            "set local max_parallel_workers_per_gather = 0",
            "set local jit = off");

    /** What came of a read. */
    sealed interface Reading {

        /** Rows, be it none. */
        record Rows(Chunk chunk) implements Reading {}

        /** Not yet: somebody has to finish something first. */
        record Wait(String reason) implements Reading {}

        /** The job has no table any more, or another one: reconciling will tell. */
        record Obsolete() implements Reading {}

        /** Never; the reason says why. */
        record Ended(String reason) implements Reading {}
    }

    private final String publication;
    private final Tables tables;
    private final long mostBytes;

    /** The latest table that was read, and its definition; null before the first. */
    private TableDefinition knownDefinition;

    private Table known;

    /**
     * @param publication the name of the publication
     * @param catalog where types and primary keys are looked up
     * @param mostBytes at how many bytes a chunk ends
     */
    TableReader(String publication, Catalog catalog, long mostBytes) {
        this.publication = publication;
        this.tables = new Tables(catalog);
        this.mostBytes = mostBytes;
    }

    /** How many rows the next chunk of a job is to have: about as many as the bytes allow, by the rows so far. */
    int rowsToRead(ImportJob job, int most) {
        if (job.rows() == 0 || job.bytes() == 0) {
            return Math.min(most, FIRST_ROWS);
        }
        return (int) Math.max(1, Math.min(most, mostBytes / Math.max(1, job.bytes() / job.rows())));
    }

    /**
     * Reads the chunk after the job's cursor.
     *
     * @param connection an ordinary connection in autocommit mode; of no use any more if anything is thrown
     * @throws SQLException if the server does not let it; the next try may go better
     */
    Reading read(Connection connection, ImportJob job, int rows) throws SQLException {
        Optional<TableDefinition> seen = seen(connection, job);
        if (seen.isEmpty() || seen.get().membership() != job.membership()) {
            return new Reading.Obsolete();
        }
        int timeout = connection.getNetworkTimeout();
        connection.setNetworkTimeout(Runnable::run, READ_MILLIS);
        connection.setAutoCommit(false);
        Reading reading;
        try (Statement statement = connection.createStatement()) {
            // locked before the snapshot, which would see nothing of a table that is rewritten after it was taken
            statement.execute(SETTINGS + "; lock table " + (seen.get().partitioned() ? "" : "only ")
                    + Sql.quoted(
                            seen.get().relation().namespace(),
                            seen.get().relation().name())
                    + " in access share mode");
            reading = readLocked(connection, job, seen.get(), rows);
        } catch (SQLException e) {
            knownDefinition = null;
            if (!UNDEFINED_TABLE.equals(e.getSQLState())) {
                throw e;
            }
            reading = new Reading.Obsolete();
        }
        connection.rollback();
        connection.setAutoCommit(true);
        connection.setNetworkTimeout(Runnable::run, timeout);
        return reading;
    }

    /** As the table was when it was read last, if it is the same; it is looked up again once it is locked. */
    private Optional<TableDefinition> seen(Connection connection, ImportJob job) throws SQLException {
        boolean known = knownDefinition != null
                && knownDefinition.relation().oid() == job.relation()
                && knownDefinition.membership() == job.membership();
        return known ? Optional.of(knownDefinition) : TableDefinition.find(connection, publication, job.relation());
    }

    private Reading readLocked(Connection connection, ImportJob job, TableDefinition seen, int rows)
            throws SQLException {
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
            return new Reading.Wait("transactions that were running when it was published, such as " + snapshot.xmin());
        }
        Optional<TableDefinition> locked = TableDefinition.find(connection, publication, job.relation());
        if (locked.isEmpty() || locked.get().membership() != job.membership()) {
            return new Reading.Obsolete();
        }
        TableDefinition definition = locked.get();
        if (!definition.toString().equals(seen.toString())) {
            knownDefinition = null;
            return new Reading.Wait("the table, which was renamed just now"); // so another one is locked
        }
        ReadOrder order = definition.key().isEmpty() ? new PlaceOrder(definition) : new KeyOrder(definition);
        if (!job.cursor().isEmpty() && !order.goesOnFrom(job.cursor())) {
            return new Reading.Ended("The key of " + definition + " changed from ("
                    + job.cursor().get(0)
                    + ") while it was imported: resync the table to import it from its beginning");
        }
        findOperators(connection, order.operatorSchemas());

        Table table = table(definition);
        List<Row> read = new ArrayList<>();
        List<String> cursor = job.cursor();
        Optional<Part> part = order.part(connection, cursor, rows);
        while (part.isPresent()) {
            Copied copied = copy(connection, definition, table, part.get(), order, rows, read);
            cursor = copied.cursor == null ? cursor : copied.cursor;
            boolean last = part.get().last() && !copied.full;
            if (last || !read.isEmpty()) {
                return new Reading.Rows(
                        new Chunk(table, read, copied.bytes, snapshot, synchronousReplication, cursor, last));
            }
            part = order.part(connection, cursor, rows);
        }
        return new Reading.Rows(new Chunk(table, read, 0, snapshot, synchronousReplication, cursor, true));
    }

    /** Whether the table of a job is still as it was when it was read last. */
    boolean isCurrent(Connection connection, ImportJob job) throws SQLException {
        Optional<TableDefinition> definition = TableDefinition.find(connection, publication, job.relation());
        boolean current = definition.isPresent() && definition.get().equals(knownDefinition);
        if (!current) {
            knownDefinition = null;
        }
        return current;
    }

    /** The same object as long as the definition stays the same. */
    private Table table(TableDefinition definition) {
        if (!definition.equals(knownDefinition)) {
            known = tables.of(definition.relation());
            knownDefinition = definition;
        }
        return known;
    }

    /** The operators of an extension are found by the search path, and a row comparison has no other way to name them. */
    private static void findOperators(Connection connection, List<String> schemas) throws SQLException {
        Set<String> path = new LinkedHashSet<>(List.of("pg_catalog"));
        path.addAll(schemas);
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "set local search_path = " + path.stream().map(Sql::quoted).collect(Collectors.joining(", ")));
        }
    }

    /** Where to go on, null if where it was; how much came; and whether that was as much as a chunk holds. */
    private record Copied(List<String> cursor, long bytes, boolean full) {}

    private Copied copy(
            Connection connection,
            TableDefinition definition,
            Table table,
            Part part,
            ReadOrder order,
            int limit,
            List<Row> rows)
            throws SQLException {
        int columns = table.columns().size();
        List<String> selected = columns(definition, part);
        CopyOut copy =
                connection.unwrap(PGConnection.class).getCopyAPI().copyOut(statement(definition, part, selected));
        long bytes = 0;
        Tuple latest = null;
        byte[] line;
        while (bytes < mostBytes && (line = copy.readFromCopy()) != null) {
            bytes += line.length;
            latest = CopyText.parse(line, selected.size());
            rows.add(new Row(table, selected.size() == columns ? latest : latest.first(columns), false));
        }
        boolean cut = copy.isActive();
        if (cut) {
            cancel(connection, copy);
        }
        boolean full = cut || rows.size() == limit;
        List<String> cursor = latest == null || !full && part.end() != null
                ? part.end()
                : order.cursorAfter(part, texts(latest, selected, part.cursorColumns()));
        return new Copied(cursor, bytes, full);
    }

    /** Not by the driver's own cancelCopy, which leaves what the server has sent meanwhile to the next statement. */
    private static void cancel(Connection connection, CopyOut copy) throws SQLException {
        connection.unwrap(PGConnection.class).cancelQuery();
        try {
            while (copy.readFromCopy() != null) {
                // the rows that were under way
            }
        } catch (SQLException e) {
            if (!QUERY_CANCELED.equals(e.getSQLState())) {
                throw e;
            }
        }
    }

    private static List<String> texts(Tuple tuple, List<String> columns, List<String> wanted) {
        List<String> texts = new ArrayList<>();
        for (String column : wanted) {
            texts.add(((Data) tuple.get(columns.indexOf(column))).text());
        }
        return texts;
    }

    /** The columns of the table, and after them those of the cursor that are not among them. */
    private static List<String> columns(TableDefinition definition, Part part) {
        Set<String> columns = new LinkedHashSet<>();
        for (Message.Column column : definition.relation().columns()) {
            columns.add(Sql.quoted(column.name()));
        }
        columns.addAll(part.cursorColumns());
        return List.copyOf(columns);
    }

    private static String statement(TableDefinition definition, Part part, List<String> columns) {
        List<String> conditions = new ArrayList<>(List.of(PATH_OF_THE_STREAM));
        if (definition.rowFilter() != null) {
            conditions.add("(" + definition.rowFilter() + ")");
        }
        if (part.condition() != null) {
            conditions.add(part.condition());
        }
        return "copy (select " + String.join(", ", columns) + " from " + part.from()
                + " where " + String.join(" and ", conditions) + " "
                + part.orderAndLimit() + ") to stdout";
    }
}
