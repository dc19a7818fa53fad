package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pg2sink.changelog.TableName;
import org.pg2sink.pgoutput.Message;
import org.pg2sink.pgoutput.Message.ReplicaIdentity;
import org.pg2sink.replication.PublishedTables;

/**
 * Describes a table as the catalog has it, so that an import reads exactly what the stream tells of the table.
 *
 * @param relation the content of a Relation message of the stream, with the published columns only
 * @param membership the OID of its membership in the publication
 * @param partitioned whether its rows are in partitions
 * @param rowFilter the publication's condition on the rows, an SQL expression; null for all rows
 * @param key the columns of its primary key or, without one, of its replica identity; empty without either
 */
record TableDefinition(
        Message.Relation relation, long membership, boolean partitioned, String rowFilter, List<KeyColumn> key) {

    /**
     * A column of the key.
     *
     * @param type its type in SQL
     * @param collation the collation in which the index tells two values apart, in SQL; null for a type without collations
     * @param operatorNamespace the schema of the operator that compares two of its values
     */
    record KeyColumn(String name, String type, String collation, String operatorNamespace) {}

    private static final String TABLE = """
            select n.nspname, c.relname, c.relkind, c.relreplident, %s, %s
            from %s
            where p.pubname = ? and c.oid = ?""";

    /** Servers before 18 publish no generated columns; servers before 15 publish all others. */
    private static final String COLUMNS = """
            select a.attname, a.atttypid, a.atttypmod,
                   exists (select from pg_index i where i.indrelid = a.attrelid
                           and a.attnum = any ((i.indkey::int2[])[0:i.indnkeyatts - 1]) -- included columns are no key
                           and case c.relreplident when 'd' then i.indisprimary when 'i' then i.indisreplident end)
            from pg_attribute a
            join pg_class c on c.oid = a.attrelid
            join pg_publication p on p.pubname = ?
            %s
            where a.attrelid = ? and a.attnum > 0 and not a.attisdropped and %s
            order by a.attnum""";

    private static final String LISTED = "(l.prattrs is null or a.attnum = any (l.prattrs)) and ";
    private static final String NOT_GENERATED = "a.attgenerated = ''";
    private static final String NOT_GENERATED_UNLESS_WANTED =
            "(l.prattrs is not null or a.attgenerated = '' or a.attgenerated = p.pubgencols)";

    private static final String KEY = """
            select a.attname, format_type(a.atttypid, a.atttypmod), quote_ident(con.nspname) || '.' || quote_ident(co.collname),
                   (select opn.nspname from pg_opclass oc
                    join pg_amop ao on ao.amopfamily = oc.opcfamily and ao.amopstrategy = 5
                                   and ao.amoplefttype = oc.opcintype and ao.amoprighttype = oc.opcintype
                    join pg_operator op on op.oid = ao.amopopr
                    join pg_namespace opn on opn.oid = op.oprnamespace
                    where oc.oid = i.indclass[k.n - 1])
            from pg_index i
            cross join lateral unnest(i.indkey::int2[]) with ordinality k (attnum, n)
            join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
            left join pg_collation co on co.oid = i.indcollation[k.n - 1]
            left join pg_namespace con on con.oid = co.collnamespace
            where i.indrelid = ? and k.n <= i.indnkeyatts
              and i.indexrelid = (select x.indexrelid from pg_index x
                                  where x.indrelid = i.indrelid and (x.indisprimary or x.indisreplident)
                                  order by x.indisprimary desc limit 1)
            order by k.n""";

    /**
     * Looks up a table; empty if it is gone, or not published under its own name. All queries go to the server at once, because
     * each chunk waits for them.
     */
    static Optional<TableDefinition> find(Connection connection, String publication, long oid) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(queries(connection))) {
            statement.setString(1, publication);
            statement.setLong(2, oid);
            statement.setString(3, publication);
            statement.setLong(4, oid);
            statement.setLong(5, oid);
            statement.execute();
            try (ResultSet row = statement.getResultSet()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                String namespace = row.getString(1);
                String name = row.getString(2);
                boolean partitioned = row.getString(3).equals("p");
                ReplicaIdentity identity = identity(row.getString(4).charAt(0));
                long membership = row.getLong(5);
                String rowFilter = row.getString(6);
                List<Message.Column> columns = columns(next(statement), identity);
                return Optional.of(new TableDefinition(
                        new Message.Relation(oid, namespace, name, identity, columns),
                        membership,
                        partitioned,
                        rowFilter,
                        key(next(statement))));
            }
        }
    }

    private static String queries(Connection connection) throws SQLException {
        int major = connection.getMetaData().getDatabaseMajorVersion();
        String entry = PublishedTables.entry(connection);
        String published = (major >= 15 ? LISTED : "") + (major >= 18 ? NOT_GENERATED_UNLESS_WANTED : NOT_GENERATED);
        return String.join(
                ";",
                TABLE.formatted(
                        PublishedTable.membership(connection),
                        major >= 15 ? "pg_get_expr(l.prqual, l.prrelid)" : "null::text",
                        PublishedTables.from(connection) + entry),
                COLUMNS.formatted(entry, published),
                KEY);
    }

    private static ResultSet next(PreparedStatement statement) throws SQLException {
        statement.getMoreResults();
        return statement.getResultSet();
    }

    private static ReplicaIdentity identity(char code) {
        return Arrays.stream(ReplicaIdentity.values())
                .filter(it -> it.code() == code)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("unknown replica identity '" + code + "'"));
    }

    private static List<Message.Column> columns(ResultSet row, ReplicaIdentity identity) throws SQLException {
        List<Message.Column> columns = new ArrayList<>();
        while (row.next()) {
            boolean key = identity == ReplicaIdentity.FULL || row.getBoolean(4);
            columns.add(new Message.Column(key, row.getString(1), row.getLong(2), row.getInt(3)));
        }
        return columns;
    }

    private static List<KeyColumn> key(ResultSet row) throws SQLException {
        List<KeyColumn> key = new ArrayList<>();
        while (row.next()) {
            key.add(new KeyColumn(row.getString(1), row.getString(2), row.getString(3), row.getString(4)));
        }
        return key;
    }

    TableName name() {
        return new TableName(relation.namespace(), relation.name());
    }

    /** Returns the name of the table for logs and errors: {@code public.orders}. */
    @Override
    public String toString() {
        return name().toString();
    }
}
