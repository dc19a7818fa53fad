package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pg2sink.changelog.TableName;
import org.pg2sink.replication.Atomically;
import org.pg2sink.replication.Subscription;

/**
 * Notices that stored values are others than the stream told, by the types of published columns ({@link UsedType}) and by the
 * files of the tables ({@link StoredTable}). Says so, and has the tables imported again. For one thread at a time, unless said
 * otherwise.
 */
public final class ValueWatch {

    private final Subscription subscription;
    private final ImportAgain again;
    private final KnownParts known;

    public ValueWatch(Subscription subscription) {
        this.subscription = subscription;
        this.again = new ImportAgain(subscription);
        this.known = new KnownParts(subscription.name());
    }

    /**
     * Compares what the values depend on with what it was at the last look, by whichever process.
     *
     * @param connection in autocommit mode
     * @param imports whether anything imports tables of the subscription
     */
    public void look(Connection connection, boolean imports) throws SQLException {
        List<ValueOrigin> harmless = new ArrayList<>();
        List<ValueOrigin> origins = origins(connection);
        for (ValueOrigin origin : origins) {
            List<String> before = known.of(origin).orElse(origin.parts());
            Optional<String> change = origin.change(before);
            if (change.isPresent()) {
                changed(connection, origin, change.get(), imports);
            } else if (known.of(origin).isEmpty() || !before.equals(origin.parts()) || known.isUnwritten(origin)) {
                harmless.add(origin);
            }
        }
        note(connection, harmless);
        known.keepOnly(connection, origins);
    }

    /** Tells that another process may have looked since; from any thread. */
    public void expectChanges() {
        known.expectChanges();
    }

    /** Notes what nobody has looked at, before tables are imported. */
    public void begin(Connection connection) throws SQLException {
        known.expectChanges();
        note(
                connection,
                origins(connection).stream()
                        .filter(origin -> known.of(origin).isEmpty())
                        .toList());
    }

    private List<ValueOrigin> origins(Connection connection) throws SQLException {
        List<ValueOrigin> origins = new ArrayList<>(UsedType.of(connection, subscription.name()));
        origins.addAll(StoredTable.of(connection, subscription.name()));
        known.load(connection);
        return origins;
    }

    /** Notes all in one transaction: there may be thousands of tables. */
    private void note(Connection connection, List<ValueOrigin> origins) throws SQLException {
        if (origins.isEmpty()) {
            return;
        }
        Atomically.run(connection, transaction -> {
            known.write(transaction, origins);
            return null;
        });
        origins.forEach(known::remember);
    }

    private void changed(Connection connection, ValueOrigin origin, String change, boolean imports)
            throws SQLException {
        Map<TableName, Optional<String>> problems = Atomically.run(connection, transaction -> {
            Map<TableName, Optional<String>> found = new HashMap<>();
            for (Map.Entry<Long, TableName> table : origin.tables().entrySet()) {
                found.put(table.getValue(), again.begin(transaction, table.getKey(), table.getValue()));
            }
            known.write(transaction, List.of(origin));
            return found;
        });
        known.remember(origin);
        problems.forEach((table, problem) ->
                again.log(table + " has other values than the stream told, because " + change, problem, imports));
    }
}
