package org.pg2sink.component;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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

    private final String table;
    private final List<String> columns;
    private final Map<List<Object>, Map<String, Object>> rows = new HashMap<>();
    private String timeline = "";
    private Lsn furthestLsn = Lsn.ZERO;
    private long furthestSequence;

    TableCopy(String table, String... columns) {
        this.table = table;
        this.columns = List.of(columns);
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
        Lsn lsn = change.transaction().lsn();
        if (!change.transaction().isComparable(timeline)) {
            furthestLsn = Lsn.ZERO;
            timeline = change.transaction().timeline();
        }
        if (furthestLsn.isAfter(lsn) || lsn.equals(furthestLsn) && change.sequence() <= furthestSequence) {
            return false;
        }
        furthestLsn = lsn;
        furthestSequence = change.sequence();
        return true;
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
