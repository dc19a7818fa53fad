package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.pg2sink.changelog.TableName;
import org.pg2sink.replication.Subscription;

/** Has a table imported again whose rows changed although the stream told nothing. */
final class ImportAgain {

    /** Ends the sentences about a table for which nothing stands in the way. */
    static final String BEGUN = "It is imported again.";

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

    /** Returns the sentence that takes the place of {@link #BEGUN} if nothing imports the tables of the subscription. */
    String off() {
        return "Nothing is imported, because imports are off: mend the sinks yourself, or import the table with"
                + " pg2sink.imports=true, or a route with pg2sink:" + subscription.name() + "?operation=import.";
    }
}
