package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pg2sink.changelog.TableName;
import org.pg2sink.replication.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that stored values print as another text without a change in the stream, which is so after ALTER TYPE … RENAME VALUE
 * of an enum, and after ADD and DROP ATTRIBUTE of a composite type. Says so, and has the tables imported again. For one
 * thread at a time.
 */
public final class TypeWatch {

    private static final Logger LOG = LoggerFactory.getLogger(TypeWatch.class);

    private final Subscription subscription;
    private final ImportAgain again;
    private final KnownTypeParts known;

    public TypeWatch(Subscription subscription) {
        this.subscription = subscription;
        this.again = new ImportAgain(subscription);
        this.known = new KnownTypeParts(subscription.name());
    }

    /**
     * Compares the types of published columns with those at the last look, by whichever process.
     *
     * @param connection in autocommit mode
     * @param imports whether anything imports tables of the subscription
     */
    public void look(Connection connection, boolean imports) throws SQLException {
        for (UsedType type : types(connection)) {
            List<String> before = known.of(type).orElse(type.parts());
            if (known.of(type).isEmpty() || !before.equals(type.parts()) || known.isUnwritten(type)) {
                changed(connection, type, type.change(before), imports);
            }
        }
    }

    /** Notes the types that nobody has looked at, before tables are imported. */
    public void begin(Connection connection) throws SQLException {
        for (UsedType type : types(connection)) {
            if (known.of(type).isEmpty()) {
                known.write(connection, type);
                known.remember(type);
            }
        }
    }

    private Collection<UsedType> types(Connection connection) throws SQLException {
        Collection<UsedType> types = UsedType.of(connection, subscription.name());
        if (!types.isEmpty()) {
            known.load(connection);
        }
        return types;
    }

    private void changed(Connection connection, UsedType type, Optional<String> change, boolean imports)
            throws SQLException {
        connection.setAutoCommit(false);
        try {
            Map<TableName, Optional<String>> problems = new HashMap<>();
            if (change.isPresent()) {
                for (Map.Entry<Long, TableName> table : type.tables().entrySet()) {
                    problems.put(table.getValue(), again.begin(connection, table.getKey(), table.getValue()));
                }
            }
            known.write(connection, type);
            connection.commit();
            known.remember(type);
            // a job waits until imports are on
            problems.forEach((table, problem) ->
                    log(table, type.name() + " " + change.get(), imports ? problem : Optional.of(again.off())));
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private void log(TableName table, String change, Optional<String> problem) {
        String text = "Subscription {}: {} has other values than the stream told, because its type {}. {}";
        Object[] values = {subscription.name(), table, change, problem.orElse(ImportAgain.BEGUN)};
        if (problem.isPresent()) {
            LOG.warn(text, values);
        } else {
            LOG.info(text, values);
        }
    }
}
