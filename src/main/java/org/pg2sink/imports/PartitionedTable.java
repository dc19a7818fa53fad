package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pg2sink.changelog.TableName;
import org.pg2sink.replication.PublishedTables;

/**
 * A partitioned table that a publication carries under its own name, with the partitions that hold its rows.
 *
 * @param oid its OID
 * @param partitions by OID
 */
record PartitionedTable(long oid, TableName name, Map<Long, Partition> partitions) {

    /**
     * A partition that holds rows.
     *
     * @param name its qualified name
     * @param file the number of its file, which TRUNCATE changes, and whatever else writes the table anew
     * @param link the transactions that made it, and the partitions between, part of the root
     * @param changedBy the transaction that changed its row in pg_class last; null if that is not known any more
     */
    record Partition(long oid, String name, long file, String link, String changedBy) {

        boolean isSame(Partition other) {
            return name.equals(other.name) && file == other.file && link.equals(other.link);
        }
    }

    /** Reads pg_inherits, because pg_partition_tree locks each partition. */
    private static final String TABLES = """
            with recursive roots as (
                select c.oid as root, n.nspname, c.relname
                from %s
                where p.pubname = ? and c.relkind = 'p'
            ), tree as (
                select r.root, i.inhrelid, i.xmin::text as link
                from roots r join pg_inherits i on i.inhparent = r.root where not i.inhdetachpending
                union all
                select t.root, i.inhrelid, t.link || '/' || i.xmin
                from tree t join pg_inherits i on i.inhparent = t.inhrelid where not i.inhdetachpending
            )
            select r.root, r.nspname, r.relname, c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname),
                   c.relfilenode::bigint, t.link, c.xmin::text
            from roots r
            left join (tree t join pg_class c on c.oid = t.inhrelid and c.relkind <> 'p'
                       join pg_namespace n on n.oid = c.relnamespace) on t.root = r.root
            order by r.root, c.oid""";

    /** Returns the partitioned tables that a publication carries now. */
    static List<PartitionedTable> of(Connection connection, String publication) throws SQLException {
        Map<Long, PartitionedTable> tables = new LinkedHashMap<>();
        try (PreparedStatement statement =
                connection.prepareStatement(TABLES.formatted(PublishedTables.from(connection)))) {
            statement.setString(1, publication);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    TableName name = new TableName(row.getString(2), row.getString(3));
                    PartitionedTable table = tables.computeIfAbsent(
                            row.getLong(1), oid -> new PartitionedTable(oid, name, new TreeMap<>()));
                    long partition = row.getLong(4);
                    if (partition != 0) {
                        table.partitions.put(
                                partition,
                                new Partition(
                                        partition,
                                        row.getString(5),
                                        row.getLong(6),
                                        row.getString(7),
                                        row.getString(8)));
                    }
                }
            }
        }
        return new ArrayList<>(tables.values());
    }

    /** Returns whether nothing has changed since {@code known}. */
    boolean isSame(Map<Long, Partition> known) {
        return partitions.keySet().equals(known.keySet())
                && partitions.values().stream().allMatch(it -> it.isSame(known.get(it.oid())));
    }
}
