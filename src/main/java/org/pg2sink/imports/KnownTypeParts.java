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
import org.pg2sink.replication.Sql;

/**
 * Remembers the parts of types of published columns, in the table {@code pg2sink.known_type_parts} or, if the role may not use
 * it, in the process. For one thread at a time.
 */
final class KnownTypeParts {

    private static final String READ = "select type, parts from pg2sink.known_type_parts"
            + " where subscription = ? and origin = " + Sql.THIS_DATABASE;

    private static final String WRITE = "insert into pg2sink.known_type_parts (subscription, origin, type, parts)"
            + " values (?, " + Sql.THIS_DATABASE + ", ?, ?)"
            + " on conflict (subscription, origin, type) do update set parts = excluded.parts";

    private final String subscription;
    /** By type. */
    private final Map<Long, List<String>> remembered = new HashMap<>();

    /** The types that the table has. */
    private final Set<Long> stored = new HashSet<>();

    private boolean usable;

    KnownTypeParts(String subscription) {
        this.subscription = subscription;
    }

    /** Reads what another process may have written since. */
    void load(Connection connection) throws SQLException {
        usable = OwnSchema.mayWrite(connection, "known_type_parts");
        if (!usable) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setString(1, subscription);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    remembered.put(
                            row.getLong(1), List.of((String[]) row.getArray(2).getArray()));
                    stored.add(row.getLong(1));
                }
            }
        }
    }

    /** Returns the parts that a type had; empty if nobody looked yet. */
    Optional<List<String>> of(UsedType type) {
        return Optional.ofNullable(remembered.get(type.oid()));
    }

    /** Returns whether another process would find nothing of a type, although it could. */
    boolean isUnwritten(UsedType type) {
        return usable && !stored.contains(type.oid());
    }

    /** Writes the parts that a type has now. They count once the transaction has ended, by {@link #remember}. */
    void write(Connection connection, UsedType type) throws SQLException {
        if (!usable) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
            statement.setString(1, subscription);
            statement.setLong(2, type.oid());
            statement.setArray(3, connection.createArrayOf("text", type.parts().toArray()));
            statement.executeUpdate();
        }
    }

    void remember(UsedType type) {
        remembered.put(type.oid(), type.parts());
        if (usable) {
            stored.add(type.oid());
        }
    }
}
