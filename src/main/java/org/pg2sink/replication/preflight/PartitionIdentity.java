package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.pg2sink.changelog.TableName;
import org.pg2sink.replication.Sql;

/**
 * Checks that partitions have the replica identity of their root. The server logs old rows as the partition says, but tells
 * of them as the root says, so parts of them are missing, or seem to be. ALTER TABLE of a root does not change its
 * partitions.
 */
final class PartitionIdentity implements Check {

    private static final String DIFFERING = """
            select ln.nspname, l.relname, l.relreplident, n.nspname, c.relname, c.relreplident
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            join lateral (%s) tree on true
            join pg_class l on l.oid = tree.oid and l.relkind = 'r' and l.relreplident <> c.relreplident
            join pg_namespace ln on ln.oid = l.relnamespace
            where c.relkind = 'p' and %s
            order by 4, 5, 1, 2""";

    private static final Map<String, String> NAMES =
            Map.of("d", "DEFAULT", "f", "FULL", "n", "NOTHING", "i", "USING INDEX");

    @Override
    public String name() {
        return "partition_identity";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        for (List<String> row : on.rows(DIFFERING.formatted(Sql.PARTITION_TREE, TableQueries.streamed(on)))) {
            TableName partition = TableQueries.name(row);
            TableName root = TableQueries.name(row.subList(3, 5));
            String ofPartition = row.get(2);
            String ofRoot = row.get(5);
            findings.add(warning(
                    partition.toString(),
                    "The partition " + partition + " has REPLICA IDENTITY " + NAMES.get(ofPartition)
                            + ", but its root " + root + " has " + NAMES.get(ofRoot)
                            + ", by which changes are told: old rows come with other columns than they seem to have.",
                    sql(partition, ofPartition, root, ofRoot)));
        }
        return findings;
    }

    /** Names of indexes differ from the root's, so where the root has one, it follows its partition. */
    private static String sql(TableName partition, String ofPartition, TableName root, String ofRoot) {
        if (ofRoot.equals("d") || ofRoot.equals("f")) {
            return "ALTER TABLE " + Sql.quoted(partition) + " REPLICA IDENTITY " + NAMES.get(ofRoot) + ";";
        }
        return ofPartition.equals("d") || ofPartition.equals("f")
                ? "ALTER TABLE " + Sql.quoted(root) + " REPLICA IDENTITY " + NAMES.get(ofPartition) + ";"
                : "ALTER TABLE " + Sql.quoted(root) + " REPLICA IDENTITY FULL; ALTER TABLE " + Sql.quoted(partition)
                        + " REPLICA IDENTITY FULL;";
    }
}
