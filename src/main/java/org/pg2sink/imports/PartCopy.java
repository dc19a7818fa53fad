package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pg2sink.changelog.DatabaseEncoding;
import org.pg2sink.changelog.Table;
import org.pg2sink.imports.ReadOrder.Part;
import org.pg2sink.pgoutput.Message;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.pgoutput.TupleValue.Data;
import org.pg2sink.replication.Sql;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * Reads one part of a table with {@code COPY}. Runs once, on one thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-copy.html">COPY</a>
 */
final class PartCopy {

    /**
     * Is true, and has the effect that names in printed values are qualified as in the stream. It costs a sixth of a microsecond
     * a row.
     */
    private static final String PATH_OF_THE_STREAM =
            "(select pg_catalog.set_config('search_path', 'pg_catalog', true)) is not null";

    private static final String QUERY_CANCELED = "57014";

    private final TableDefinition definition;
    private final DatabaseEncoding encoding;
    private final CopyFormat format;
    private final ReadOrder order;
    private final Part part;
    /** In SQL: the columns of the table, and after them those of the cursor that are not among them. */
    private final List<String> columns;

    private List<String> cursor;
    private long bytes;
    private boolean full;
    private boolean tooLarge;

    PartCopy(TableDefinition definition, DatabaseEncoding encoding, Table table, ReadOrder order, Part part) {
        this.definition = definition;
        this.encoding = encoding;
        this.order = order;
        this.part = part;
        Set<String> names = new LinkedHashSet<>();
        for (Message.Column column : definition.relation().columns()) {
            names.add(Sql.quoted(column.name()));
        }
        names.addAll(part.cursorColumns());
        if (names.isEmpty()) { // without any column no row could be told from the end of the rows
            names.add("ctid");
        }
        this.columns = List.copyOf(names);
        this.format = CopyFormat.of(encoding, table, part, columns);
    }

    /**
     * Appends the rows of the part to {@code rows}, until {@code maxBytes} were received. A part that is to be read whole has no
     * limit of its own; if it turns out {@linkplain #isTooLarge to be too large}, it leaves no rows.
     */
    void run(Connection connection, int maxRows, long maxBytes, ChunkRows rows) throws SQLException {
        CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(statement());
        if (part.cursorColumns().isEmpty()) {
            readWhole(connection, copy, maxRows, maxBytes, rows);
        } else {
            readCounted(connection, copy, maxRows, maxBytes, rows);
        }
    }

    private void readWhole(Connection connection, CopyOut copy, int maxRows, long maxBytes, ChunkRows rows)
            throws SQLException {
        byte[] message;
        while ((message = next(copy)) != null) {
            if (rows.size() == maxRows || bytes >= maxBytes) {
                tooLarge = true;
                rows.clear(); // so that the memory has room for what the server has sent already
                message = null;
                cancel(connection, copy);
                return;
            }
            read(message, rows);
        }
        cursor = part.end();
    }

    private void readCounted(Connection connection, CopyOut copy, int maxRows, long maxBytes, ChunkRows rows)
            throws SQLException {
        int place = columns.indexOf(part.cursorColumns().get(0));
        Tuple latest = null;
        byte[] message;
        while (bytes < maxBytes && (message = next(copy)) != null) {
            Tuple tuple = read(message, rows);
            if (latest != null && !order.isAfter(tuple, latest, place)) { // then no cursor could tell what was read
                throw new IllegalStateException("the server read " + definition + " in another order than asked for");
            }
            latest = tuple;
        }
        boolean cut = copy.isActive();
        if (cut) {
            cancel(connection, copy);
        }
        full = cut || rows.size() == maxRows;
        cursor = latest == null || !full && part.end() != null ? part.end() : order.cursorAfter(part, place(latest));
    }

    /** Returns the next message that has a row; null if there are no more. */
    private byte[] next(CopyOut copy) throws SQLException {
        byte[] message = copy.readFromCopy();
        while (message != null && !format.isRow(message)) {
            message = copy.readFromCopy();
        }
        return message;
    }

    private Tuple read(byte[] message, ChunkRows rows) {
        Tuple tuple = format.read(message, rows.tuples());
        // rows of many nulls have little text, but take memory all the same
        bytes += Math.max(message.length, tuple.bytes());
        return tuple;
    }

    /** Returns the texts of the cursor columns. */
    private List<String> place(Tuple tuple) {
        List<String> texts = new ArrayList<>();
        for (String column : part.cursorColumns()) {
            String text = ((Data) tuple.get(columns.indexOf(column))).text();
            if (encoding.isRaw() && DatabaseEncoding.hasEscape(text)) {
                throw new UnreadableKeyException(definition.name(), column, encoding);
            }
            texts.add(text);
        }
        return texts;
    }

    /** Cancels without the driver's cancelCopy, which leaves what the server has sent meanwhile to the next statement. */
    private static void cancel(Connection connection, CopyOut copy) throws SQLException {
        connection.unwrap(PGConnection.class).cancelQuery();
        try {
            while (copy.readFromCopy() != null) {
                // skips the rows that were under way
            }
        } catch (SQLException e) {
            if (!QUERY_CANCELED.equals(e.getSQLState())) {
                throw e;
            }
        }
    }

    private String statement() {
        List<String> conditions = new ArrayList<>();
        if (!order.operatorSchemas().isEmpty()) {
            conditions.add(PATH_OF_THE_STREAM);
        }
        if (definition.rowFilter() != null) {
            conditions.add("(" + definition.rowFilter() + ")");
        }
        if (part.condition() != null) {
            conditions.add(part.condition());
        }
        return "copy (select " + selected() + " from " + part.from()
                + (conditions.isEmpty() ? " " : " where " + String.join(" and ", conditions) + " ")
                + part.orderAndLimit() + ") to stdout" + format.options();
    }

    private String selected() {
        return IntStream.range(0, columns.size())
                .mapToObj(i -> format.selected(i, columns.get(i)))
                .collect(Collectors.joining(", "));
    }

    /** Returns the cursor after what was read; null if it stays where it was. */
    List<String> cursor() {
        return cursor;
    }

    /** Returns the size of the rows, each as received or as text, whichever is more. */
    long bytes() {
        return bytes;
    }

    /** Returns whether the part has more rows than a chunk. Then the connection's transaction has failed. */
    boolean isTooLarge() {
        return tooLarge;
    }

    /** Returns whether there are as many rows or bytes as a chunk holds, so that the part may have more. */
    boolean isFull() {
        return full;
    }
}
