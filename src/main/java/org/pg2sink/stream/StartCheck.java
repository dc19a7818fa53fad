package org.pg2sink.stream;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.Subscription;
import org.pg2sink.replication.SubscriptionException;
import org.pg2sink.replication.SubscriptionException.Remedy;
import org.pg2sink.replication.preflight.Finding;
import org.pg2sink.replication.preflight.Preflight;
import org.pg2sink.replication.preflight.Severity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the server before a stream begins for the first time, and before anything is created there. Owned by the stream's
 * thread.
 */
final class StartCheck {

    private static final Logger LOG = LoggerFactory.getLogger(StartCheck.class);

    private final Database database;
    private final Subscription subscription;
    private final Imports imports;
    /** The warnings that the log has already. */
    private final Set<Finding> logged = new HashSet<>();

    private boolean passed;

    StartCheck(Database database, Subscription subscription, Imports imports) {
        this.database = database;
        this.subscription = subscription;
        this.imports = imports;
    }

    /**
     * Logs each warning once.
     *
     * @param connection an ordinary connection in autocommit mode
     * @throws SubscriptionException if there is an error, which the next try looks for again
     */
    void run(Connection connection) throws SQLException {
        if (passed) {
            return;
        }
        for (Finding finding : new Preflight(database, subscription, imports.readers()).atStart(connection)) {
            if (finding.severity() == Severity.ERROR) {
                throw new SubscriptionException(Remedy.RETRY, finding.text());
            }
            if (logged.add(finding)) {
                LOG.warn("Subscription {}: {}", subscription.name(), finding.text());
            }
        }
        passed = true;
        LOG.info(
                "Subscription {}: PostgreSQL {} at {} as role {}, schemas {}, imports {}",
                subscription.name(),
                connection.getMetaData().getDatabaseProductVersion(),
                database,
                database.user(),
                String.join(", ", subscription.schemas()),
                imports.areOn() ? "on" : "off");
    }
}
