package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.pg2sink.imports.PartitionedTable.Partition;
import org.pg2sink.replication.Sql;

/**
 * Remembers the partitions of published tables, in the table {@code pg2sink.known_partitions} or, if the role may not use
 * it, in the process. For one thread at a time.
 */
final class KnownPartitions {

    private static final String READ = "select root, partitions, names, files, links from pg2sink.known_partitions"
            + " where subscription = ? and origin = " + Sql.THIS_DATABASE;

    private static final String WRITE = "insert into pg2sink.known_partitions"
            + " (subscription, origin, root, partitions, names, files, links) values (?, " + Sql.THIS_DATABASE
            + ", ?, ?, ?, ?, ?) on conflict (subscription, origin, root) do update set partitions = excluded.partitions,"
            + " names = excluded.names, files = excluded.files, links = excluded.links";

    private final String subscription;
    /** By root. */
    private final Map<Long, Map<Long, Partition>> remembered = new HashMap<>();

    /** The roots that the table has. */
    private final Set<Long> stored = new HashSet<>();

    private boolean usable;

    KnownPartitions(String subscription) {
        this.subscription = subscription;
    }

    /** Reads what another process may have written since. */
    void load(Connection connection) throws SQLException {
        usable = OwnSchema.mayWrite(connection, "known_partitions");
        if (usable) {
            read(connection);
        }
    }

    private void read(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setString(1, subscription);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Long[] oids = (Long[]) row.getArray(2).getArray();
                    String[] names = (String[]) row.getArray(3).getArray();
                    Long[] files = (Long[]) row.getArray(4).getArray();
                    String[] links = (String[]) row.getArray(5).getArray();
                    Map<Long, Partition> partitions = new TreeMap<>();
                    for (int i = 0; i < oids.length; i++) {
                        partitions.put(oids[i], new Partition(oids[i], names[i], files[i], links[i], null));
                    }
                    remembered.put(row.getLong(1), partitions);
                    stored.add(row.getLong(1));
                }
            }
        }
    }

    /** Returns the partitions that a table had; empty if nobody looked yet. */
    Optional<Map<Long, Partition>> of(PartitionedTable table) {
        return Optional.ofNullable(remembered.get(table.oid()));
    }

    /** Returns whether another process would find no partitions of a table, although it could. */
    boolean isUnwritten(PartitionedTable table) {
        return usable && !stored.contains(table.oid());
    }

    /** Writes the partitions that a table has now. They count once the transaction has ended, by {@link #remember}. */
    void write(Connection connection, PartitionedTable table) throws SQLException {
        if (!usable) {
            return;
        }
        List<Partition> all = List.copyOf(table.partitions().values());
        try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
            statement.setString(1, subscription);
            statement.setLong(2, table.oid());
            setArray(statement, 3, "bigint", all.stream().map(Partition::oid));
            setArray(statement, 4, "text", all.stream().map(Partition::name));
            setArray(statement, 5, "bigint", all.stream().map(Partition::file));
            setArray(statement, 6, "text", all.stream().map(Partition::link));
            statement.executeUpdate();
        }
    }

    private static void setArray(PreparedStatement statement, int index, String type, Stream<?> values)
            throws SQLException {
        statement.setArray(index, statement.getConnection().createArrayOf(type, values.toArray()));
    }

    void remember(PartitionedTable table) {
        remembered.put(table.oid(), Map.copyOf(table.partitions()));
        if (usable) {
            stored.add(table.oid());
        }
    }
}
