package org.pg2sink.sinks.sql;

import static org.pg2sink.replication.Sql.quoted;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pg2sink.changelog.TableName;

/**
 * Describes a table of the copy as the target's catalog has it.
 *
 * @param columns by their names
 * @param keys what the table keeps unique, the primary key first; only those whose columns are all not null
 * @param referenced whether a foreign key of another table refers to it
 * @param partitioned whether its rows are in partitions
 * @param bulk inserts many rows into it
 */
record TargetTable(
        Map<String, TargetColumn> columns, List<Key> keys, boolean referenced, boolean partitioned, BulkInsert bulk) {

    /**
     * A column of the copy.
     *
     * @param type the name of its type as a cast takes it, without lengths
     * @param generated whether the target computes its values
     * @param always whether it is an identity column that no UPDATE may set
     */
    record TargetColumn(String type, boolean generated, boolean always) {}

    /**
     * What a row is unique by.
     *
     * @param deferrable whether two rows may have the same one for a while; then it cannot decide an ON CONFLICT
     */
    record Key(List<String> columns, boolean deferrable) {}

    private static final String COLUMNS = """
            select attname, format_type(atttypid, -1), attgenerated <> '', attidentity = 'a'
            from pg_attribute where attrelid = to_regclass(?) and attnum > 0 and not attisdropped""";

    private static final String KEYS = """
            select array_agg(a.attname::text order by k.place), not i.indimmediate
            from pg_index i
            cross join unnest(i.indkey::int2[]) with ordinality k (number, place)
            join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
            where i.indrelid = to_regclass(?) and i.indisunique and i.indisvalid and i.indisready
              and i.indpred is null and i.indexprs is null and k.place <= i.indnkeyatts
            group by i.indexrelid, i.indisprimary, i.indimmediate
            having bool_and(a.attnotnull)
            order by i.indisprimary desc, i.indexrelid""";

    private static final String PROPERTIES = """
            select exists (select from pg_constraint
                           where contype = 'f' and confrelid = c.oid and conrelid <> confrelid),
                   relkind = 'p'
            from pg_class c where oid = to_regclass(?)""";

    private interface RowReader {

        void read(ResultSet row) throws SQLException;
    }

    static TargetTable read(Connection target, TableName table) throws SQLException {
        String name = quoted(table);
        Map<String, TargetColumn> columns = new HashMap<>();
        List<Key> keys = new ArrayList<>();
        boolean[] properties = new boolean[2];
        each(
                target,
                COLUMNS,
                name,
                row -> columns.put(
                        row.getString(1), new TargetColumn(row.getString(2), row.getBoolean(3), row.getBoolean(4))));
        each(
                target,
                KEYS,
                name,
                row -> keys.add(new Key(Arrays.asList((String[]) row.getArray(1).getArray()), row.getBoolean(2))));
        each(target, PROPERTIES, name, row -> {
            properties[0] = row.getBoolean(1);
            properties[1] = row.getBoolean(2);
        });
        return new TargetTable(columns, keys, properties[0], properties[1], new BulkInsert());
    }

    private static void each(Connection target, String sql, String table, RowReader reader) throws SQLException {
        try (PreparedStatement statement = target.prepareStatement(sql)) {
            statement.setString(1, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    reader.read(rows);
                }
            }
        }
    }

    /** Returns whether a column gets a value from the source. */
    boolean takes(String column) {
        TargetColumn known = columns.get(column);
        return known == null || !known.generated;
    }

    boolean isAlways(String column) {
        TargetColumn known = columns.get(column);
        return known != null && known.always;
    }

    /** Returns a parameter of the type of a column. What is compared needs its type, since not all types compare with text. */
    String parameter(String column) {
        TargetColumn known = columns.get(column);
        return known == null ? "?" : "?::" + known.type;
    }

    /** Returns what decides that an inserted row is there already: the source's key if the copy keeps it unique, or its own. */
    Optional<Key> arbiter(List<String> sourceKey, Collection<String> told) {
        Optional<Key> same = keys.stream()
                .filter(key -> key.columns.size() == sourceKey.size() && sourceKey.containsAll(key.columns))
                .findFirst();
        return same.isPresent()
                ? same
                : keys.stream().filter(key -> told.containsAll(key.columns)).findFirst();
    }

    /** Returns whether at most one row has given values in {@code columns}, at any moment. */
    boolean isUnique(Collection<String> identity) {
        return keys.stream().anyMatch(key -> !key.deferrable && identity.containsAll(key.columns));
    }

    /** Returns whether a column is part of a key, deferrable or not. */
    boolean isInKey(String column) {
        return keys.stream().anyMatch(key -> key.columns.contains(column));
    }
}
