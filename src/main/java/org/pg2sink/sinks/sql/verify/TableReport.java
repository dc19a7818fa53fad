package org.pg2sink.sinks.sql.verify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pg2sink.changelog.TableName;
import org.pg2sink.sinks.sql.verify.Difference.Kind;

/**
 * Tells how a table of the copy compares with the source.
 *
 * @param key the columns that rows were told by; empty for their content
 * @param rows the number of rows of the source
 * @param missing the number of rows that the copy lacks
 * @param different the number of rows that the copy has with other values
 * @param extra the number of rows that only the copy has
 * @param unsettled the number of rows that changed all the time
 * @param repaired the number of differences that are no more
 * @param listed the differences, up to a thousand
 * @param problem why the table could not be compared, or not whole; null if it was
 */
record TableReport(
        TableName table,
        List<String> key,
        long rows,
        long missing,
        long different,
        long extra,
        long unsettled,
        long repaired,
        List<Difference> listed,
        String problem) {

    private static final int MAX_LISTED = 1000;

    /** Describes a table that could not be compared. */
    static TableReport failed(TableName table, String problem) {
        return new TableReport(table, List.of(), 0, 0, 0, 0, 0, 0, List.of(), problem);
    }

    /** Returns whether the copy has the rows that the source has, maybe since a repair. */
    boolean isEqual() {
        return problem == null && unsettled == 0 && repaired == missing + different + extra;
    }

    /** Returns what it found in one sentence, without values. */
    String sentence() {
        StringBuilder text = new StringBuilder(table + ": " + rows + " rows");
        if (missing + different + extra + unsettled > 0) {
            text.append(", " + missing + " missing, " + different + " different, " + extra + " extra in the copy");
        } else if (problem == null) {
            text.append(", all of them equal");
        }
        text.append(unsettled == 0 ? "" : ", " + unsettled + " that changed all the time");
        text.append(repaired == 0 ? "" : "; " + repaired + " repaired");
        return text.append(problem == null ? "" : "; " + problem).toString();
    }

    /** Returns plain values, which any data format can write. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("namespace", table.namespace());
        map.put("table", table.name());
        map.put("sentence", sentence());
        map.put("equal", isEqual());
        map.put("rows", rows);
        map.put("missing", missing);
        map.put("different", different);
        map.put("extra", extra);
        map.put("unsettled", unsettled);
        map.put("repaired", repaired);
        if (problem != null) {
            map.put("problem", problem);
        }
        map.put("differences", listed.stream().map(this::toMap).toList());
        return map;
    }

    private Map<String, Object> toMap(Difference difference) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("kind", difference.kind().text());
        if (key.isEmpty()) {
            map.put("sha256", difference.id().get(0));
        } else {
            Map<String, Object> values = new LinkedHashMap<>();
            for (int i = 0; i < key.size(); i++) {
                values.put(key.get(i), difference.id().get(i));
            }
            map.put("key", values);
        }
        if (!difference.columns().isEmpty()) {
            map.put("columns", difference.columns());
        }
        return map;
    }

    /** Adds up what is found in a table. */
    static final class Sum {

        private final TableName table;
        private final List<String> key;
        private final List<Difference> listed = new ArrayList<>();
        private final long[] kinds = new long[Kind.values().length];
        private long rows;
        private long unsettled;
        private long repaired;
        private String problem;

        Sum(TableName table, List<String> key) {
            this.table = table;
            this.key = key;
        }

        void rows(long count) {
            rows += count;
        }

        void difference(Difference difference) {
            kinds[difference.kind().ordinal()]++;
            if (isListing()) {
                listed.add(difference);
            }
        }

        /** Returns whether the next difference is listed. */
        boolean isListing() {
            return listed.size() < MAX_LISTED;
        }

        void unsettled(int count) {
            unsettled += count;
        }

        void repaired(int count) {
            repaired += count;
        }

        void problem(String sentence) {
            problem = sentence;
        }

        TableReport report() {
            return new TableReport(
                    table,
                    key,
                    rows,
                    kinds[Kind.MISSING.ordinal()],
                    kinds[Kind.DIFFERENT.ordinal()],
                    kinds[Kind.EXTRA.ordinal()],
                    unsettled,
                    repaired,
                    List.copyOf(listed),
                    problem);
        }
    }
}
