package org.pg2sink.replication;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.CatalogMemory.KeySpan;
import org.pg2sink.types.PgType;

/** Holds the queries for types and primary keys, and reads their rows. */
public final class CatalogQueries {

    static final String TYPES = """
            select t.oid, n.nspname, t.typname, t.typtype,
                   case when t.typsubscript = 'array_subscript_handler'::regproc and t.typlen = -1 then t.typelem else 0 end,
                   t.typdelim, t.typbasetype, t.typtypmod
            from pg_type t join pg_namespace n on n.oid = t.typnamespace""";

    /** Selects a row for each relation, also if it has no primary key. */
    static final String KEYS = """
            select c.oid, (select array_agg(a.attname::text order by array_position(i.indkey::int2[], a.attnum))
                           from pg_attribute a where a.attrelid = i.indrelid
                            and a.attnum = any ((i.indkey::int2[])[0:i.indnkeyatts - 1])),
                   i.xmin::text::bigint
            from pg_class c left join pg_index i on i.indrelid = c.oid and i.indisprimary""";

    private static final String PUBLISHED = """
            select c.oid from %s
            where p.pubname = ?""";

    /** Selects the types that are not built in, with their elements and base types. */
    private static final String PUBLISHED_TYPES = "with recursive used(oid) as (select atttypid from pg_attribute"
            + " where attnum > 0 and not attisdropped and atttypid >= 16384 and attrelid in (" + PUBLISHED + ")"
            + " union select x from used u join pg_type t on t.oid = u.oid, unnest(array[t.typelem, t.typbasetype]) x"
            + " where x >= 16384) " + TYPES + " join used on used.oid = t.oid";

    /** Selects the keys of the tables whose relations do not tell them. */
    private static final String PUBLISHED_KEYS = KEYS + " where c.relreplident <> 'd' and c.oid in (" + PUBLISHED + ")";

    private CatalogQueries() {}

    static String publishedTypes(Connection connection) throws SQLException {
        return PUBLISHED_TYPES.formatted(PublishedTables.from(connection));
    }

    static String publishedKeys(Connection connection) throws SQLException {
        return PUBLISHED_KEYS.formatted(PublishedTables.from(connection));
    }

    /** Returns the type of a row that has its OID, namespace, name, kind, element, delimiter, base and base modifier. */
    public static PgType type(ResultSet row) throws SQLException {
        return new PgType(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4).charAt(0),
                row.getLong(5),
                row.getString(6).charAt(0),
                row.getLong(7),
                row.getInt(8));
    }

    /** Returns the keys of relations, as they are in the WAL up to {@code end}; those of tables without a key are empty. */
    static List<KeySpan> keys(PreparedStatement statement, Lsn end) throws SQLException {
        List<KeySpan> keys = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                Array names = row.getArray(2);
                List<String> columns = names == null ? List.of() : List.of((String[]) names.getArray());
                keys.add(new KeySpan(row.getLong(1), columns, end, end, row.getLong(3), true));
            }
        }
        return keys;
    }
}
