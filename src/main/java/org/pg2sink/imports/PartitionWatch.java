package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pg2sink.imports.PartitionedTable.Partition;
import org.pg2sink.replication.Atomically;
import org.pg2sink.replication.Subscription;

/**
 * Notices by which partitions a table got or lost rows without a change in the stream, which is so for TRUNCATE, DROP, ATTACH
 * and DETACH of one partition of a table that is published through its root. Says so, and has the table imported again. For
 * one thread at a time.
 */
public final class PartitionWatch {

    /** More partitions than this are only counted. */
    private static final int MAX_NAMES = 5;

    private static final Timestamp NEVER = new Timestamp(0);

    /** Somebody may hold the lock of a partition for long. Then the next look tells. */
    private static final String LIMIT_WAIT = "set local lock_timeout = '1s'";

    private final Subscription subscription;
    private final ImportAgain again;
    private final KnownPartitions known;
    private Timestamp looked = NEVER;

    public PartitionWatch(Subscription subscription) {
        this.subscription = subscription;
        this.again = new ImportAgain(subscription);
        this.known = new KnownPartitions(subscription.name());
    }

    /**
     * Compares the partitions of the published tables with those at the last look, by whichever process.
     *
     * @param connection in autocommit mode
     * @param imports whether anything imports tables of the subscription
     */
    public void look(Connection connection, boolean imports) throws SQLException {
        Timestamp now = now(connection);
        for (PartitionedTable table : tables(connection)) {
            Optional<Map<Long, Partition>> before = known.of(table);
            if (before.isEmpty() || !table.isSame(before.get()) || known.isUnwritten(table)) {
                changed(connection, table, before.orElse(table.partitions()), imports);
            }
        }
        looked = now;
    }

    /** Notes the partitions of tables that nobody has looked at, before they are imported. */
    public void begin(Connection connection) throws SQLException {
        for (PartitionedTable table : tables(connection)) {
            if (known.of(table).isEmpty()) {
                known.write(connection, table);
                known.remember(table);
            }
        }
    }

    private List<PartitionedTable> tables(Connection connection) throws SQLException {
        List<PartitionedTable> tables = PartitionedTable.of(connection, subscription.name());
        if (!tables.isEmpty()) {
            known.load(connection);
        }
        return tables;
    }

    private static Timestamp now(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select now()")) {
            row.next();
            return row.getTimestamp(1);
        }
    }

    private void changed(Connection connection, PartitionedTable table, Map<Long, Partition> before, boolean imports)
            throws SQLException {
        Optional<Found> found = Atomically.run(connection, transaction -> find(transaction, table, before));
        if (found.isEmpty()) {
            return;
        }
        known.remember(table);
        List<String> changes = found.get().changes();
        if (!changes.isEmpty()) {
            String names = String.join(", ", changes.subList(0, Math.min(changes.size(), MAX_NAMES)));
            int others = changes.size() - MAX_NAMES;
            again.log(
                    table.name() + " has other rows than the stream told, because of its partitions: " + names
                            + (others > 0 ? " and " + others + " others" : ""),
                    found.get().problem(),
                    imports);
        }
    }

    /** @param problem says why the table is not imported again if it has changed and is not */
    private record Found(List<String> changes, Optional<String> problem) {}

    /** Returns what has changed, and has it imported again; empty if that is not settled yet. */
    private Optional<Found> find(Connection connection, PartitionedTable table, Map<Long, Partition> before)
            throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(LIMIT_WAIT);
        }
        List<String> changes = PartitionChanges.of(connection, table, before, looked);
        if (!isStill(connection, table)) {
            return Optional.empty(); // what was found may be half of what happens now, so the next look tells
        }
        Optional<String> problem =
                changes.isEmpty() ? Optional.empty() : again.begin(connection, table.oid(), table.name());
        known.write(connection, table);
        return Optional.of(new Found(changes, problem));
    }

    private boolean isStill(Connection connection, PartitionedTable table) throws SQLException {
        return PartitionedTable.of(connection, subscription.name()).stream()
                .anyMatch(now -> now.oid() == table.oid() && now.isSame(table.partitions()));
    }
}
