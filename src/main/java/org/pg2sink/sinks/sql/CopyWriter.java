package org.pg2sink.sinks.sql;

import static org.pg2sink.replication.Sql.quoted;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;

/**
 * Applies the changes of one version of a table to its copy, by key. Statements with the same text go to the server together.
 * Values are sent as text, which the server reads as the types of its columns.
 */
final class CopyWriter implements AutoCloseable {

    private final Connection target;
    private final Table table;
    private final String name;
    private final List<Integer> all = new ArrayList<>();
    private final List<Integer> key = new ArrayList<>();
    private final String upsert;
    private final String delete;

    private String sql;
    private PreparedStatement statement;

    CopyWriter(Connection target, Table table) {
        this.target = target;
        this.table = table;
        this.name = quoted(table.qualifiedName());
        for (int i = 0; i < table.columns().size(); i++) {
            all.add(i);
            if (table.columns().get(i).key()) {
                key.add(i);
            }
        }
        this.upsert = upsert();
        this.delete = "delete from " + name + " where " + equal(key, " and ");
    }

    void apply(Modification change) throws SQLException {
        switch (change.operation()) {
            case INSERT, IMPORT -> add(upsert, all, change.after());
            case UPDATE -> update(change.before(), change.after());
            case DELETE -> add(delete, key, change.before());
            case TRUNCATE -> add("truncate " + name, List.of(), null);
            default -> throw new IllegalStateException("unhandled operation " + change.operation());
        }
    }

    /**
     * A row that is not in the copy yet comes by an import. Only if the stream overtook that does the copy lack a row that is
     * updated: a whole row is inserted then, one with unchanged TOAST values is left to the import.
     */
    private void update(Row before, Row after) throws SQLException {
        List<Integer> told = all.stream().filter(after::has).toList();
        Row old = before != null && key.stream().allMatch(before::has) ? before : after;
        if (told.size() < all.size()) {
            add(
                    "update " + name + " set " + equal(told, ", ") + " where " + equal(key, " and "),
                    told,
                    after,
                    key,
                    old);
            return;
        }
        if (!values(key, old).equals(values(key, after))) {
            add(delete, key, old);
        }
        add(upsert, all, after);
    }

    private String upsert() {
        List<Integer> rest =
                all.stream().filter(column -> !key.contains(column)).toList();
        return "insert into " + name + " (" + names(all) + ") overriding system value values ("
                + all.stream().map(column -> "?").collect(Collectors.joining(", ")) + ") on conflict (" + names(key)
                + ") do "
                + (rest.isEmpty()
                        ? "nothing"
                        : "update set "
                                + rest.stream()
                                        .map(column -> column(column) + " = excluded." + column(column))
                                        .collect(Collectors.joining(", ")));
    }

    private String names(List<Integer> columns) {
        return columns.stream().map(this::column).collect(Collectors.joining(", "));
    }

    private String equal(List<Integer> columns, String separator) {
        return columns.stream().map(column -> column(column) + " = ?").collect(Collectors.joining(separator));
    }

    private String column(int index) {
        return quoted(table.columns().get(index).name());
    }

    private static List<String> values(List<Integer> columns, Row row) {
        List<String> values = new ArrayList<>();
        for (int column : columns) {
            values.add(row.text(column));
        }
        return values;
    }

    private void add(String text, List<Integer> columns, Row row) throws SQLException {
        add(text, columns, row, List.of(), null);
    }

    private void add(String text, List<Integer> columns, Row row, List<Integer> identifying, Row old)
            throws SQLException {
        if (!text.equals(sql)) {
            flush();
            sql = text;
            statement = target.prepareStatement(text);
        }
        int parameter = 0;
        for (int column : columns) {
            statement.setObject(++parameter, row.text(column), Types.OTHER);
        }
        for (int column : identifying) {
            statement.setObject(++parameter, old.text(column), Types.OTHER);
        }
        statement.addBatch();
    }

    /** Sends the statements that are not sent yet. */
    void flush() throws SQLException {
        if (statement != null) {
            statement.executeBatch();
            close();
        }
    }

    @Override
    public void close() throws SQLException {
        if (statement != null) {
            statement.close();
            statement = null;
            sql = null;
        }
    }
}
