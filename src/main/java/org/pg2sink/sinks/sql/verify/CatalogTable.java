package org.pg2sink.sinks.sql.verify;

import static org.pg2sink.replication.Sql.quoted;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pg2sink.changelog.TableName;
import org.pg2sink.replication.Sql;

/**
 * Describes a table of the source or of the copy as its catalog has it.
 *
 * @param filter the publication's condition on the rows; null for all rows
 * @param partitioned whether its rows are in partitions
 * @param parts the names of the relations that hold the rows: the table itself or its partitions, quoted
 * @param columns by their names
 * @param keys what rows are unique by, the primary key first; no column of them is null
 */
record CatalogTable(
        TableName name,
        String filter,
        boolean partitioned,
        List<String> parts,
        Map<String, CatalogColumn> columns,
        List<List<String>> keys) {

    /**
     * A column.
     *
     * @param type its type as a cast takes it
     * @param generated whether the server computes its values
     * @param always whether it is an identity column that no UPDATE may set
     */
    record CatalogColumn(String type, boolean generated, boolean always) {}

    /** Servers before 15 publish whole tables. */
    private static final String PUBLISHED = """
            select c.oid, c.relkind = 'p', t.schemaname, t.tablename, %s, %s
            from pg_publication_tables t
            join pg_namespace n on n.nspname = t.schemaname
            join pg_class c on c.relnamespace = n.oid and c.relname = t.tablename
            where t.pubname = ?
            order by t.schemaname, t.tablename""";

    private static final String COPIED = """
            select c.oid, c.relkind = 'p' from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = ? and c.relname = ? and c.relkind in ('r', 'p')""";

    private static final String COLUMNS = """
            select attname, format_type(atttypid, -1), attgenerated <> '', attidentity = 'a'
            from pg_attribute where attrelid = ? and attnum > 0 and not attisdropped order by attnum""";

    private static final String PARTS = """
            select format('%%I.%%I', n.nspname, l.relname)
            from pg_class c
            join pg_class l on l.oid in (%s) and l.relkind = 'r'
            join pg_namespace n on n.oid = l.relnamespace
            where c.oid = ? and (c.relkind = 'p' or l.oid = c.oid)
            order by l.oid""".formatted(Sql.PARTITION_TREE);

    private static final String KEYS = """
            select array_agg(a.attname::text order by k.place)
            from pg_index i
            cross join unnest(i.indkey::int2[]) with ordinality k (number, place)
            join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
            where i.indrelid = ? and i.indisunique and i.indisvalid and i.indisready
              and i.indpred is null and i.indexprs is null and k.place <= i.indnkeyatts
            group by i.indexrelid, i.indisprimary, i.indisreplident
            having bool_and(a.attnotnull)
            order by i.indisprimary desc, i.indisreplident desc, i.indexrelid""";

    /** Returns the tables of a publication, with the columns that are published. */
    static List<CatalogTable> published(Connection source, String publication) throws SQLException {
        int major = source.getMetaData().getDatabaseMajorVersion();
        String sql =
                major >= 15 ? PUBLISHED.formatted("t.rowfilter", "t.attnames") : PUBLISHED.formatted("null", "null");
        List<CatalogTable> tables = new ArrayList<>();
        try (PreparedStatement statement = source.prepareStatement(sql)) {
            statement.setString(1, publication);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    CatalogTable table =
                            of(source, row, new TableName(row.getString(3), row.getString(4)), row.getString(5));
                    if (row.getArray(6) != null) {
                        table.columns.keySet().retainAll(Arrays.asList((Object[])
                                row.getArray(6).getArray()));
                    }
                    if (major < 18) {
                        table.columns.values().removeIf(CatalogColumn::generated);
                    }
                    tables.add(table);
                }
            }
        }
        return tables;
    }

    /** Returns a table of the copy; empty if there is none. */
    static Optional<CatalogTable> copied(Connection target, TableName name) throws SQLException {
        try (PreparedStatement statement = target.prepareStatement(COPIED)) {
            statement.setString(1, name.namespace());
            statement.setString(2, name.name());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(of(target, row, name, null)) : Optional.empty();
            }
        }
    }

    /** @param row begins with the OID and whether the table is partitioned */
    private static CatalogTable of(Connection connection, ResultSet row, TableName name, String filter)
            throws SQLException {
        long oid = row.getLong(1);
        Map<String, CatalogColumn> columns = new LinkedHashMap<>();
        List<String> parts = new ArrayList<>();
        List<List<String>> keys = new ArrayList<>();
        each(
                connection,
                COLUMNS,
                oid,
                column -> columns.put(
                        column.getString(1),
                        new CatalogColumn(column.getString(2), column.getBoolean(3), column.getBoolean(4))));
        each(connection, PARTS, oid, part -> parts.add(part.getString(1)));
        each(
                connection,
                KEYS,
                oid,
                key -> keys.add(Arrays.asList((String[]) key.getArray(1).getArray())));
        return new CatalogTable(name, filter, row.getBoolean(2), parts, columns, keys);
    }

    private interface RowReader {

        void read(ResultSet row) throws SQLException;
    }

    private static void each(Connection connection, String sql, long oid, RowReader reader) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, oid);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    reader.read(rows);
                }
            }
        }
    }

    /** Returns the name of the table, quoted. */
    String relation() {
        return quoted(name);
    }

    /** Returns what to read or change the rows of: tables that inherit from this one are tables of their own. */
    String rows() {
        return (partitioned ? "" : "only ") + relation();
    }

    /** Returns the first key of this table that the other one has, too, and whose columns are all known; empty if none. */
    List<String> keySharedWith(CatalogTable other) {
        return keys.stream()
                .filter(key -> columns.keySet().containsAll(key))
                .filter(key ->
                        other.keys.stream().anyMatch(theirs -> theirs.size() == key.size() && theirs.containsAll(key)))
                .findFirst()
                .orElse(List.of());
    }
}
