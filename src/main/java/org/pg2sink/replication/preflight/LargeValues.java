package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.pg2sink.changelog.TableName;
import org.pg2sink.replication.Sql;

/**
 * Checks for tables with large values (TOAST) under keys that can change. An UPDATE does not
 * carry large values that it leaves as they are, not even if it changes the key, unless the replica identity is FULL.
 */
final class LargeValues implements Check {

    private static final String TABLES = """
            select n.nspname, c.relname,
                   (select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a
                    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attlen = -1
                      and a.attstorage in ('x', 'e'))
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            join pg_index i on i.indrelid = c.oid and i.indisprimary
            where %1$s and c.relreplident = 'd'
              and exists (select from (%2$s) tree join pg_class l on l.oid = tree.oid
                          join pg_class t on t.oid = l.reltoastrelid
                          where t.relpages > 0 or pg_stat_get_tuples_inserted(t.oid) > 0)
              and exists (select from pg_attribute a where a.attrelid = c.oid and a.attnum = any (i.indkey)
                          and a.attidentity <> 'a')
            order by 1, 2""";

    @Override
    public String name() {
        return "large_values";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        for (List<String> row : on.rows(TABLES.formatted(TableQueries.streamed(on), Sql.PARTITION_TREE))) {
            TableName table = TableQueries.name(row);
            findings.add(info(
                    table.toString(),
                    "An UPDATE of " + table + " does not carry large values of " + row.get(2)
                            + " that it leaves as they are, even if it changes the key: a sink that files whole rows under"
                            + " their key then lacks them.",
                    "ALTER TABLE " + Sql.quoted(table) + " REPLICA IDENTITY FULL;"));
        }
        return findings;
    }
}
