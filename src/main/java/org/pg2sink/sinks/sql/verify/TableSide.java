package org.pg2sink.sinks.sql.verify;

import static org.pg2sink.replication.Sql.quoted;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pg2sink.sinks.sql.verify.FoundRows.FoundRow;

/**
 * Reads a table on one side, the source or the copy, each time in a statement of its own. A checksum is of the columns' texts, so
 * it does not depend on types, encoding or version. A row is told by its key, or without one by its checksum.
 *
 * @see <a href="https://www.postgresql.org/docs/current/ddl-system-columns.html">System columns</a>
 */
final class TableSide {

    /** Blocks whose rows come by one statement. */
    private static final int PIECE_BLOCKS = 100;
    /** Blocks that are looked through by one statement, which may answer with few rows or none. */
    private static final int LOOK_BLOCKS = 10_000;

    /** The planner's guess of how many rows belong to a list of keys would make it read the whole table. */
    private static final String PLAN =
            "set enable_hashjoin = off; set enable_mergejoin = off; set enable_seqscan = off;"
                    + " set max_parallel_workers_per_gather = 0; set jit = off";

    private static final String BLOCKS = "select pg_relation_size(?::regclass) / current_setting('block_size')::bigint";

    private final Connection connection;
    private final CatalogTable table;
    private final List<String> columns;
    private final List<String> key;

    /** Takes what a walk finds. */
    interface Pieces {

        void accept(List<RowSum> piece) throws SQLException, InterruptedException;
    }

    /**
     * @param columns those that are compared, in the order that both sides have
     * @param key the columns that rows are told by; empty for their content
     */
    TableSide(Connection connection, CatalogTable table, List<String> columns, List<String> key) {
        this.connection = connection;
        this.table = table;
        this.columns = columns;
        this.key = key;
    }

    Connection connection() {
        return connection;
    }

    CatalogTable table() {
        return table;
    }

    /** Makes the planner of a session look rows up by their keys. */
    static void plan(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(PLAN);
        }
    }

    /** Reads the rows as they lie, piece by piece. Those that are written meanwhile may be left out. */
    void walk(boolean sums, Pieces pieces) throws SQLException, InterruptedException {
        String columns = (sums ? sum("t") : "null") + keyTexts("t");
        each(PIECE_BLOCKS, columns, "true", statement -> pieces.accept(rows(statement)));
    }

    /** Counts the rows. */
    long count() throws SQLException, InterruptedException {
        long[] count = new long[1];
        each(LOOK_BLOCKS, "count(*)", "true", statement -> {
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                count[0] += row.getLong(1);
            }
        });
        return count[0];
    }

    private interface Statements {

        void run(PreparedStatement statement) throws SQLException, InterruptedException;
    }

    /** Runs a query for one piece of the table after the other, since one that takes long would keep old rows from being removed. */
    private void each(int pieceBlocks, String columns, String condition, Statements statements)
            throws SQLException, InterruptedException {
        for (String part : table.parts()) {
            long blocks = blocks(part);
            String sql = "select " + columns + " from only " + part
                    + " t where t.ctid >= ?::text::tid and t.ctid < ?::text::tid and " + condition
                    + (table.filter() == null ? "" : " and (" + table.filter() + ")");
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (long block = 0; block < blocks; block += pieceBlocks) {
                    statement.setString(1, "(" + block + ",0)");
                    statement.setString(2, "(" + (block + pieceBlocks) + ",0)");
                    statements.run(statement);
                }
            }
        }
    }

    private long blocks(String part) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(BLOCKS)) {
            statement.setString(1, part);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private List<RowSum> rows(PreparedStatement statement) throws SQLException {
        List<RowSum> piece = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                String sum = rows.getString(1);
                List<String> id = new ArrayList<>();
                for (int i = 0; i < key.size(); i++) {
                    id.add(rows.getString(i + 2));
                }
                piece.add(new RowSum(key.isEmpty() ? List.of(sum) : id, sum));
            }
        }
        return piece;
    }

    private String keyTexts(String alias) {
        return key.stream()
                .map(column -> ", concat(" + alias + "." + quoted(column) + ")")
                .collect(Collectors.joining());
    }

    /** Returns for each of some ids what rows there are; those that have none are left out. */
    Map<List<String>, FoundRows> find(Collection<List<String>> ids) throws SQLException, InterruptedException {
        List<List<String>> asked = List.copyOf(ids);
        Map<List<String>, List<FoundRow>> found = new HashMap<>();
        String columns = "t.tableoid::text, t.ctid::text, t.xmin::text, t.xmax::text, " + sum("t");
        if (key.isEmpty()) {
            each(LOOK_BLOCKS, columns, sum("t") + " = any (?)", statement -> {
                statement.setArray(3, texts(asked, 0));
                collect(statement, asked, found);
            });
        } else {
            String sql = "select " + columns + ", u.n from unnest(" + textArrays() + ") with ordinality u ("
                    + keyNames() + ", n) join " + visible() + " t on " + keyEquality();
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < key.size(); i++) {
                    statement.setArray(i + 1, texts(asked, i));
                }
                collect(statement, asked, found);
            }
        }
        Map<List<String>, FoundRows> rows = new HashMap<>();
        found.forEach((id, all) -> rows.put(id, FoundRows.of(all)));
        return rows;
    }

    private Array texts(List<List<String>> ids, int part) throws SQLException {
        return connection.createArrayOf(
                "text", ids.stream().map(id -> id.get(part)).toArray());
    }

    private void collect(PreparedStatement statement, List<List<String>> asked, Map<List<String>, List<FoundRow>> found)
            throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                RowVersion version =
                        new RowVersion(rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4));
                String sum = rows.getString(5);
                List<String> id = key.isEmpty() ? List.of(sum) : asked.get(rows.getInt(6) - 1);
                found.computeIfAbsent(id, any -> new ArrayList<>()).add(new FoundRow(version, sum));
            }
        }
    }

    /** Returns the columns of a version of a row as text; empty if it is there no more. */
    Optional<List<String>> values(RowVersion version) throws SQLException {
        String sql = "select "
                + columns.stream().map(column -> text("t." + quoted(column))).collect(Collectors.joining(", "))
                + " from " + table.rows() + " t where " + VERSION;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            identify(statement, 1, version);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= columns.size(); i++) {
                    values.add(row.getString(i));
                }
                return Optional.of(values);
            }
        }
    }

    /** Selects a version of a row of {@code t}. */
    static final String VERSION =
            "t.tableoid = ?::text::oid and t.ctid = ?::text::tid and t.xmin::text = ? and t.xmax::text = ?";

    static void identify(PreparedStatement statement, int first, RowVersion version) throws SQLException {
        statement.setString(first, version.relation());
        statement.setString(first + 1, version.place());
        statement.setString(first + 2, version.writer());
        statement.setString(first + 3, version.locker());
    }

    List<String> columns() {
        return columns;
    }

    List<String> key() {
        return key;
    }

    private String visible() {
        return table.filter() == null
                ? table.rows()
                : "(select tableoid, ctid, xmin, xmax, * from " + table.rows() + " where (" + table.filter() + "))";
    }

    /** A row prints its columns by their own output, unlike a cast, which cuts the blanks off {@code char}. */
    private String sum(String alias) {
        return "encode(sha256(convert_to(row("
                + columns.stream().map(column -> alias + "." + quoted(column)).collect(Collectors.joining(", "))
                + ")::text, 'UTF8')), 'hex')";
    }

    private static String text(String column) {
        return "case when num_nonnulls(" + column + ") = 1 then concat(" + column + ") end";
    }

    private String textArrays() {
        return key.stream().map(column -> "?::text[]").collect(Collectors.joining(", "));
    }

    private String keyNames() {
        return IntStream.range(0, key.size()).mapToObj(i -> "k" + i).collect(Collectors.joining(", "));
    }

    private String keyEquality() {
        return IntStream.range(0, key.size())
                .mapToObj(i -> "t." + quoted(key.get(i)) + " = u.k" + i + "::"
                        + table.columns().get(key.get(i)).type())
                .collect(Collectors.joining(" and "));
    }
}
