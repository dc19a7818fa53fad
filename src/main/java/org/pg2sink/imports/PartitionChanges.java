package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pg2sink.imports.PartitionedTable.Partition;

/**
 * Finds out by which partitions a table got or lost rows although no change of a row told so. Changes nothing.
 *
 * <ul>
 *   <li>A partition that was created as one had no rows before, and one that is empty brought none.
 *   <li>Whatever writes a table again gives it another file. If one transaction did so to all partitions, it did so to the
 *       root: the stream tells of its TRUNCATE, and ALTER TABLE keeps the rows. After VACUUM FULL or CLUSTER of one partition
 *       its rows are older than its file.
 *   <li>What cannot be told apart counts as a change.
 * </ul>
 */
final class PartitionChanges {

    private static final String EXISTING = "select from pg_class where oid = %d";

    /** Returns a row if the partition has rows that are not younger than its latest link. */
    private static final String WITH_OLD_ROWS = """
            select from only %s p
            where age(p.xmin) >= (select min(age(link::xid)) from unnest(string_to_array('%s', '/')) link)
            limit 1""";

    /** Returns a row if the first row of the partition is older than its file. */
    private static final String FIRST_ROW_OLD = """
            select from (select xmin from only %s limit 1) first where age(first.xmin) > age('%s'::xid)""";

    /**
     * ATTACH and DETACH change all columns of a partition, but none of its system columns. TRUNCATE resets reltuples; ANALYZE,
     * VACUUM and new indexes set it.
     */
    private static final String DETAILS = """
            with recursive chain as (
                select inhrelid, inhparent from pg_inherits where inhrelid = ?
                union all
                select i.inhrelid, i.inhparent from pg_inherits i join chain on i.inhrelid = chain.inhparent
                where chain.inhparent <> ?
            )
            select pg_relation_size(c.oid) = 0,
                   (select bool_and(exists (
                        select from pg_attribute a join pg_attribute s on s.attrelid = a.attrelid and s.attnum = -1
                        where a.attrelid = chain.inhrelid and a.attnum > 0 and a.xmin = s.xmin and a.cmin = s.cmin))
                    from chain),
                   c.reltuples < 0,
                   coalesce((select greatest(s.last_analyze, s.last_autoanalyze, s.last_vacuum, s.last_autovacuum)
                             from pg_stat_all_tables s where s.relid = c.oid) > ?, false),
                   has_table_privilege(c.oid, 'SELECT')
            from pg_class c where c.oid = ?""";

    private final Connection connection;
    private final PartitionedTable table;
    private final Timestamp since;

    /**
     * @param empty whether it has no rows
     * @param created whether it was a partition from the beginning
     * @param reset whether its number of rows was reset
     * @param counted whether its rows may have been counted since the last look
     * @param readable whether the role may read it
     */
    private record Details(boolean empty, boolean created, boolean reset, boolean counted, boolean readable) {}

    private PartitionChanges(Connection connection, PartitionedTable table, Timestamp since) {
        this.connection = connection;
        this.table = table;
        this.since = since;
    }

    /**
     * Returns what happened, such as {@code public.orders_2025 was dropped}.
     *
     * @param known the partitions that the table had
     * @param since the time of the last look
     */
    static List<String> of(Connection connection, PartitionedTable table, Map<Long, Partition> known, Timestamp since)
            throws SQLException {
        return new PartitionChanges(connection, table, since).since(known);
    }

    private List<String> since(Map<Long, Partition> known) throws SQLException {
        List<String> changes = new ArrayList<>();
        for (Partition before : known.values()) {
            if (!table.partitions().containsKey(before.oid())) {
                changes.add(
                        before.name() + (exists(EXISTING.formatted(before.oid())) ? " was detached" : " was dropped"));
            }
        }
        boolean whole = isWrittenAsWhole(known);
        for (Partition now : table.partitions().values()) {
            Partition before = known.get(now.oid());
            if (before == null) {
                if (isAttachedWithRows(now)) {
                    changes.add(now.name() + " was attached with rows");
                }
            } else if (!before.link().equals(now.link())) {
                changes.add(now.name() + " was detached and attached again");
            } else if (before.file() != now.file() && !whole && isTruncated(now)) {
                changes.add(now.name() + " was truncated");
            }
        }
        return changes;
    }

    private boolean exists(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next();
        }
    }

    /** Returns whether one transaction gave each of several partitions another file. */
    private boolean isWrittenAsWhole(Map<Long, Partition> known) {
        List<Partition> both = table.partitions().values().stream()
                .filter(now -> now.file() != 0 && known.containsKey(now.oid()))
                .toList();
        return both.size() > 1
                && both.stream()
                        .allMatch(now -> now.file() != known.get(now.oid()).file())
                && both.stream().map(Partition::changedBy).distinct().count() == 1;
    }

    private boolean isAttachedWithRows(Partition partition) throws SQLException {
        Optional<Details> details = details(partition);
        if (details.isEmpty() || details.get().empty || details.get().created) {
            return false;
        }
        return !details.get().readable || exists(WITH_OLD_ROWS.formatted(partition.name(), partition.link()));
    }

    private boolean isTruncated(Partition partition) throws SQLException {
        Optional<Details> details = details(partition);
        if (details.isEmpty() || details.get().reset) {
            return details.isPresent();
        }
        return details.get().empty
                ? details.get().counted
                : details.get().readable && !exists(FIRST_ROW_OLD.formatted(partition.name(), partition.changedBy()));
    }

    /** Returns the details of a partition; empty if it is gone by now, which the next look tells. */
    private Optional<Details> details(Partition partition) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(DETAILS)) {
            statement.setLong(1, partition.oid());
            statement.setLong(2, table.oid());
            statement.setTimestamp(3, since);
            statement.setLong(4, partition.oid());
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Details(
                                row.getBoolean(1),
                                row.getBoolean(2),
                                row.getBoolean(3),
                                row.getBoolean(4),
                                row.getBoolean(5)))
                        : Optional.empty();
            }
        }
    }
}
