package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.pg2sink.changelog.TableName;
import org.pg2sink.replication.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Has a table imported again whose rows changed although the stream told nothing. */
final class ImportAgain {

    private static final Logger LOG = LoggerFactory.getLogger(ImportAgain.class);

    private static final String BEGUN = "It is imported again.";

    private final Subscription subscription;
    private final ImportJobs jobs;

    ImportAgain(Subscription subscription) {
        this.subscription = subscription;
        this.jobs = new ImportJobs(subscription);
    }

    /** Ends the import of a table, so that it gets a new one. Returns why it is not imported again if it is not. */
    Optional<String> begin(Connection connection, long relation, TableName table) throws SQLException {
        Optional<ImportJob> job = ImportJobs.exist(connection) ? jobs.find(connection, table) : Optional.empty();
        if (job.isPresent() && job.get().state() == ImportJob.State.PAUSED) {
            return Optional.of(
                    "Its import is paused, so it is not imported again: resync it if the sinks are to follow.");
        }
        if (job.isPresent()) {
            jobs.expire(connection, relation);
        }
        return job.isPresent()
                ? Optional.empty()
                : Optional.of("It has no import yet: resync it if the sinks are to follow.");
    }

    /**
     * Logs that a table has changed, and what becomes of it.
     *
     * @param change a sentence about the table without its full stop
     * @param problem says why it is not imported again if it is not
     * @param imports whether anything imports tables of the subscription; a job waits until then
     */
    void log(String change, Optional<String> problem, boolean imports) {
        Optional<String> obstacle = imports ? problem : Optional.of(off());
        LOG.atLevel(obstacle.isPresent() ? Level.WARN : Level.INFO)
                .log("Subscription {}: {}. {}", subscription.name(), change, obstacle.orElse(BEGUN));
    }

    private String off() {
        return "Nothing is imported, because imports are off: mend the sinks yourself, or import the table with"
                + " pg2sink.imports=true, or a route with pg2sink:" + subscription.name() + "?operation=import.";
    }
}
