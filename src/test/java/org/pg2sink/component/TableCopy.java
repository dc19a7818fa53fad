package org.pg2sink.component;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pg2sink.TestDatabase;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Row;
import org.pg2sink.pgoutput.Lsn;

/**
 * The oracle for one table: what a sink holds that applies its changes by key, in the order in which they are delivered. A
 * change of the stream that comes again is left out, as its identity allows; imported rows never are.
 */
final class TableCopy {

    private static final int SHOWN = 100;
    private static final List<Object> WHOLE_TABLE = List.of();

    private final String table;
    private final List<String> columns;
    private final Map<List<Object>, Map<String, Object>> rows = new HashMap<>();
    private final boolean lanes;
    private String timeline = "";
    /** The latest change by what it is ordered with: its keys, or the whole table. */
    private final Map<List<Object>, Position> furthest = new HashMap<>();

    private record Position(Lsn lsn, long sequence) {

        boolean isAfter(Position other) {
            return lsn.isAfter(other.lsn) || lsn.equals(other.lsn) && sequence > other.sequence;
        }
    }

    TableCopy(String table, String... columns) {
        this(table, List.of(columns), false);
    }

    private TableCopy(String table, List<String> columns, boolean lanes) {
        this.table = table;
        this.columns = columns;
        this.lanes = lanes;
    }

    /** The same of a sink that gets the changes of each key in their order, but not those of different keys. */
    TableCopy ofLanes() {
        return new TableCopy(table, columns, true);
    }

    String table() {
        return table;
    }

    synchronized void apply(Modification change) {
        if (change.operation() == Operation.IMPORT) {
            rows.put(key(change.after()), change.after().toMap());
        } else if (isNew(change)) {
            stream(change);
        }
    }

    private boolean isNew(Modification change) {
        if (!change.transaction().isComparable(timeline)) {
            furthest.clear();
            timeline = change.transaction().timeline();
        }
        Position position = new Position(change.transaction().lsn(), change.sequence());
        List<List<Object>> keys = orderedWith(change);
        boolean isNew = isAfter(position, WHOLE_TABLE) && keys.stream().allMatch(key -> isAfter(position, key));
        if (isNew) {
            keys.forEach(key -> furthest.put(key, position));
        }
        return isNew;
    }

    private boolean isAfter(Position position, List<Object> key) {
        return !furthest.containsKey(key) || position.isAfter(furthest.get(key));
    }

    private List<List<Object>> orderedWith(Modification change) {
        return !lanes || change.row() == null
                ? List.of(WHOLE_TABLE)
                : Stream.of(change.before(), change.after())
                        .filter(Objects::nonNull)
                        .map(TableCopy::key)
                        .distinct()
                        .toList();
    }

    private void stream(Modification change) {
        Row before = change.before();
        Row after = change.after();
        switch (change.operation()) {
            case IMPORT_BEGIN, IMPORT_END -> {}
            case TRUNCATE -> rows.clear();
            case DELETE -> rows.remove(key(before));
            case INSERT -> rows.put(key(after), after.toMap());
            case UPDATE -> {
                Map<String, Object> row = rows.remove(key(before == null ? after : before));
                row = row == null ? new HashMap<>() : new HashMap<>(row);
                row.putAll(after.toMap()); // what is unchanged is not in it
                rows.put(key(after), row);
            }
            default -> throw new IllegalStateException("unexpected " + change.operation());
        }
    }

    private static List<Object> key(Row row) {
        Map<String, Object> values = row.toMap();
        return row.table().keyNames().stream().map(values::get).toList();
    }

    synchronized void clear() {
        rows.clear();
    }

    /** In what it differs from the table: a line for each row that the one has and the other has not. */
    synchronized List<String> differences(TestDatabase database) {
        Set<String> here = rows.values().stream().map(this::text).collect(Collectors.toSet());
        Set<String> there = new HashSet<>(database.query("select concat_ws(' | ', "
                + columns.stream()
                        .map(column -> "coalesce(" + column + "::text, 'null')")
                        .collect(Collectors.joining(", "))
                + ") from " + table));
        List<String> differences = new ArrayList<>();
        differences.addAll(only("the sink", here, there));
        differences.addAll(only("the table", there, here));
        return differences;
    }

    private List<String> only(String where, Set<String> rows, Set<String> others) {
        return rows.stream()
                .filter(row -> !others.contains(row))
                .map(row -> table + ", only in " + where + ": " + row.substring(0, Math.min(SHOWN, row.length())))
                .sorted()
                .toList();
    }

    private String text(Map<String, Object> row) {
        return columns.stream()
                .map(column -> row.containsKey(column) ? String.valueOf(row.get(column)) : "missing")
                .collect(Collectors.joining(" | "));
    }
}
