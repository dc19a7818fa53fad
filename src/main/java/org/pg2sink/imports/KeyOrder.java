package org.pg2sink.imports;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pg2sink.imports.TableDefinition.KeyColumn;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.replication.Sql;

/** Reads a table in the order of a unique key. A row keeps its place whatever happens to its other columns. */
final class KeyOrder implements ReadOrder {

    private final TableDefinition table;
    private final String description;
    private final String key;

    KeyOrder(TableDefinition table) {
        this.table = table;
        this.description = table.key().stream()
                .map(column -> Sql.quoted(column.name()) + " " + column.type() + collate(column))
                .collect(Collectors.joining(", "));
        this.key = table.key().stream()
                .map(column -> Sql.quoted(column.name()) + collate(column))
                .collect(Collectors.joining(", "));
    }

    /** The index may have another collation than the column, and in that of the column two keys may be equal. */
    private static String collate(KeyColumn column) {
        return column.collation() == null ? "" : " collate " + column.collation();
    }

    /** Returns whether {@code cursor} is of this order. */
    boolean goesOnFrom(List<String> cursor) {
        return cursor.get(0).equals(description);
    }

    @Override
    public Optional<Part> part(Connection connection, List<String> cursor, ReadSize size) {
        // children that inherit are tables of their own, partitions are not
        String from = (table.partitioned() ? "" : "only ") + Sql.quoted(table.name());
        String condition = cursor.isEmpty() ? null : "(" + key + ") > (" + literals(cursor) + ")";
        List<String> columns =
                table.key().stream().map(column -> Sql.quoted(column.name())).toList();
        return Optional.of(new Part(from, condition, "order by " + key + " limit " + size.rows(), columns, null, true));
    }

    private String literals(List<String> cursor) {
        return IntStream.range(0, table.key().size())
                .mapToObj(i -> Sql.literal(cursor.get(i + 1)) + "::"
                        + table.key().get(i).type())
                .collect(Collectors.joining(", "));
    }

    @Override
    public List<String> cursorAfter(Part part, List<String> values) {
        List<String> cursor = new ArrayList<>();
        cursor.add(description);
        cursor.addAll(values);
        return cursor;
    }

    /** Trusts the server, which was told the order and compares as only it can. */
    @Override
    public boolean isAfter(Tuple row, Tuple previous, int column) {
        return true;
    }

    @Override
    public Map<String, String> settings() {
        return Map.of();
    }

    /** Tells them, because a row comparison has no other way to name the operators of an extension. */
    @Override
    public Set<String> operatorSchemas() {
        return table.key().stream()
                .map(KeyColumn::operatorNamespace)
                .filter(schema -> !schema.equals("pg_catalog"))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
