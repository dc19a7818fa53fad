package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pg2sink.imports.ValueOrigin.Kind;
import org.pg2sink.replication.Sql;

/**
 * Remembers what the values of published columns depend on, in the table {@code pg2sink.known_parts} or, if the role may not
 * use it, in the process. For one thread at a time, unless said otherwise.
 */
final class KnownParts {

    private static final String READ = "select kind, object, parts from pg2sink.known_parts"
            + " where subscription = ? and origin = " + Sql.THIS_DATABASE;

    private static final String WRITE = "insert into pg2sink.known_parts (subscription, origin, kind, object, parts)"
            + " values (?, " + Sql.THIS_DATABASE + ", ?, ?, ?)"
            + " on conflict (subscription, origin, kind, object) do update set parts = excluded.parts";

    private static final String DELETE = "delete from pg2sink.known_parts where subscription = ? and origin = "
            + Sql.THIS_DATABASE + " and kind = ? and object = ?";

    private static final String MAY_DELETE = "select has_table_privilege('pg2sink.known_parts', 'delete')";

    private final String subscription;

    private final Map<Key, List<String>> remembered = new HashMap<>();

    /** Tells what is in the table. */
    private final Set<Key> stored = new HashSet<>();

    private boolean usable;
    private volatile boolean loaded;

    private record Key(Kind kind, long oid) {

        static Key of(ValueOrigin origin) {
            return new Key(origin.kind(), origin.oid());
        }
    }

    KnownParts(String subscription) {
        this.subscription = subscription;
    }

    /** Has the next {@link #load} read what another process may have written since; from any thread. */
    void expectChanges() {
        loaded = false;
    }

    /** Reads the table if it was not read, and may be. */
    void load(Connection connection) throws SQLException {
        usable = OwnSchema.mayWrite(connection, "known_parts");
        if (usable && !loaded) {
            read(connection);
            loaded = true;
        }
    }

    private void read(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setString(1, subscription);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Key key = new Key(Kind.of(row.getString(1)), row.getLong(2));
                    remembered.put(key, List.of((String[]) row.getArray(3).getArray()));
                    stored.add(key);
                }
            }
        }
    }

    /** Returns the parts that it had; empty if nobody looked yet. */
    Optional<List<String>> of(ValueOrigin origin) {
        return Optional.ofNullable(remembered.get(Key.of(origin)));
    }

    /** Returns whether another process would find nothing of it, although it could. */
    boolean isUnwritten(ValueOrigin origin) {
        return usable && !stored.contains(Key.of(origin));
    }

    /** Writes the parts that they have now. They count once the transaction has ended, by {@link #remember}. */
    void write(Connection connection, Collection<ValueOrigin> origins) throws SQLException {
        if (!usable) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
            for (ValueOrigin origin : origins) {
                statement.setString(1, subscription);
                statement.setString(2, origin.kind().written());
                statement.setLong(3, origin.oid());
                statement.setArray(
                        4, connection.createArrayOf("text", origin.parts().toArray()));
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** Forgets all but these: of a table that is dropped nobody needs to know. Without the right to delete, rows stay. */
    void keepOnly(Connection connection, Collection<ValueOrigin> origins) throws SQLException {
        Set<Key> gone = new HashSet<>(remembered.keySet());
        origins.forEach(origin -> gone.remove(Key.of(origin)));
        if (gone.isEmpty()) {
            return;
        }
        if (usable && mayDelete(connection)) {
            try (PreparedStatement statement = connection.prepareStatement(DELETE)) {
                for (Key key : gone) {
                    statement.setString(1, subscription);
                    statement.setString(2, key.kind().written());
                    statement.setLong(3, key.oid());
                    statement.addBatch();
                }
                statement.executeBatch();
            }
        }
        remembered.keySet().removeAll(gone);
        stored.removeAll(gone);
    }

    private static boolean mayDelete(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(MAY_DELETE)) {
            row.next();
            return row.getBoolean(1);
        }
    }

    void remember(ValueOrigin origin) {
        remembered.put(Key.of(origin), origin.parts());
        if (usable) {
            stored.add(Key.of(origin));
        }
    }
}
