package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pg2sink.changelog.TableName;
import org.pg2sink.replication.PublishedTables;
import org.pg2sink.replication.Sql;

/**
 * A published table as it is stored. ALTER TABLE gives values to rows that are there, by an expression: that of a column
 * default which differs by row, of a generated or identity column, or of {@code ALTER COLUMN … TYPE}. It writes the table to
 * another file then, and streams no row.
 *
 * @param files {@code file OID FILENODE} of the table or each of its partitions
 * @param columns {@code column NUMBER TYPE MODIFIER XMIN} of each column, with the transaction that described it last, which
 *     ends with {@code computed} if new rows get a value that the catalog does not hold for old ones
 * @param names of the columns, in the same order
 * @see <a href="https://www.postgresql.org/docs/current/sql-altertable.html">ALTER TABLE, Notes</a>
 */
record StoredTable(long oid, TableName name, List<String> files, List<String> columns, List<String> names)
        implements ValueOrigin {

    private static final String TABLES = """
            select c.oid, n.nspname, c.relname,
                   case c.relkind
                     when 'p' then array(select 'file ' || f.oid || ' ' || f.relfilenode
                                         from (%1$s) t join pg_class f on f.oid = t.oid
                                         where f.relkind <> 'p' order by f.oid)
                     else array['file ' || c.oid || ' ' || c.relfilenode]
                   end,
                   columns.parts, columns.names
            from %2$s
            cross join lateral (
                select array_agg('column ' || a.attnum || ' ' || a.atttypid || ' ' || a.atttypmod || ' ' || a.xmin
                                 || case when (a.atthasdef or a.attidentity <> '' or d.typdefault is not null)
                                           and not a.atthasmissing
                                           and not (c.relkind = 'p' and exists (
                                             select from (%1$s) t
                                             join pg_attribute m on m.attrelid = t.oid
                                             where m.attname = a.attname and m.atthasmissing))
                                      then ' computed' else '' end order by a.attnum) parts,
                       array_agg(a.attname::text order by a.attnum) names
                from pg_attribute a left join pg_type d on d.oid = a.atttypid
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) columns
            where p.pubname = ? and columns.parts is not null
            order by c.oid""";

    private static final String COMPUTED = "computed";

    /** Returns the tables of a publication. */
    static List<StoredTable> of(Connection connection, String publication) throws SQLException {
        List<StoredTable> tables = new ArrayList<>();
        try (PreparedStatement statement =
                connection.prepareStatement(TABLES.formatted(Sql.PARTITION_TREE, PublishedTables.from(connection)))) {
            statement.setString(1, publication);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    tables.add(new StoredTable(
                            row.getLong(1),
                            new TableName(row.getString(2), row.getString(3)),
                            List.of((String[]) row.getArray(4).getArray()),
                            List.of((String[]) row.getArray(5).getArray()),
                            List.of((String[]) row.getArray(6).getArray())));
                }
            }
        }
        return tables;
    }

    @Override
    public Kind kind() {
        return Kind.TABLE;
    }

    @Override
    public List<String> parts() {
        return Stream.concat(files.stream(), columns.stream()).toList();
    }

    @Override
    public Map<Long, TableName> tables() {
        return Map.of(oid, name);
    }

    @Override
    public Optional<String> change(List<String> before) {
        Map<String, String> then = new HashMap<>();
        before.forEach(part -> then.put(key(part), value(part)));
        boolean rewritten = files.stream()
                .anyMatch(file -> !then.getOrDefault(key(file), value(file)).equals(value(file)));
        if (!rewritten) {
            return Optional.empty(); // the catalog has the values of old rows, and the types print alike
        }
        return IntStream.range(0, columns.size())
                .filter(i -> differs(then.get(key(columns.get(i))), value(columns.get(i))))
                .mapToObj(i -> "ALTER TABLE gave its column " + names.get(i) + " values in the rows that were there")
                .findFirst();
    }

    /** @param before null if the column is new */
    private static boolean differs(String before, String now) {
        return before == null ? now.endsWith(COMPUTED) : !description(before).equals(description(now));
    }

    private static String description(String column) {
        return column.replace(" " + COMPUTED, "");
    }

    private static String key(String part) {
        return part.substring(0, part.indexOf(' ', part.indexOf(' ') + 1));
    }

    private static String value(String part) {
        return part.substring(part.indexOf(' ', part.indexOf(' ') + 1) + 1);
    }
}
