package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.pg2sink.changelog.TableName;
import org.pg2sink.replication.Sql;

/** Checks for tables of the subscribed schemas, and partitions, whose changes the server never streams. */
final class UnstreamedTables implements Check {

    private static final String TABLES = """
            select n.nspname, c.relname, c.relkind, rn.nspname, r.relname
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            left join pg_class r on c.relispartition and r.oid = pg_partition_root(c.oid)
            left join pg_namespace rn on rn.oid = r.relnamespace
            where (c.relkind = 'r' and c.relpersistence = 'u' or c.relkind = 'f')
              and coalesce(rn.nspname, n.nspname) = any (?)
            order by 1, 2""";

    @Override
    public String name() {
        return "unstreamed";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        Object schemas = on.connection()
                .createArrayOf("text", on.subscription().schemas().toArray());
        for (List<String> row : on.rows(TABLES, schemas)) {
            TableName table = TableQueries.name(row);
            boolean partition = row.get(3) != null;
            TableName root = partition ? TableQueries.name(row.subList(3, 5)) : table;
            if (!on.subscription().includes(root)) {
                continue;
            }
            boolean foreign = row.get(2).equals("f");
            String kind = foreign ? "is a foreign table" : "is unlogged";
            String sql = foreign ? null : "ALTER TABLE " + Sql.quoted(table) + " SET LOGGED;";
            findings.add(
                    partition
                            ? warning(
                                    table.toString(),
                                    "The partition " + table + " of " + root + " " + kind
                                            + ", so the server never streams its changes, although others of " + root
                                            + " come.",
                                    sql)
                            : info(
                                    table.toString(),
                                    "The table " + table + " " + kind + ", so the server never streams its changes.",
                                    sql));
        }
        return findings;
    }
}
