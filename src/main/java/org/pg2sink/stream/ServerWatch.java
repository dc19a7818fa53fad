package org.pg2sink.stream;

import java.sql.Connection;
import java.sql.SQLException;
import org.pg2sink.imports.ImportJobs;
import org.pg2sink.imports.JobSummary;
import org.pg2sink.replication.SlotState;
import org.pg2sink.replication.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers what the server tells of the slot and of the import jobs. One thread looks, at intervals, any may ask. */
final class ServerWatch {

    private static final Logger LOG = LoggerFactory.getLogger(ServerWatch.class);

    private final String slotName;
    private final ImportJobs jobs;
    private final Imports switchedOn;

    private volatile SlotState slot;
    private volatile JobSummary imports;

    /** @param switchedOn tells whether anybody imports: else nobody mends what became of earlier jobs */
    ServerWatch(Subscription subscription, Imports switchedOn) {
        this.slotName = subscription.name();
        this.jobs = new ImportJobs(subscription);
        this.switchedOn = switchedOn;
    }

    /** Looks. What fails here fails nothing else: then the figures stay as they were. */
    void look(Connection connection) {
        try {
            slot = SlotState.of(connection, slotName).orElse(null);
            imports = switchedOn.areOn() ? jobs.summary(connection).orElse(null) : null;
        } catch (SQLException e) {
            LOG.debug("Could not look at the replication slot and the import jobs of {}; trying again", slotName, e);
        }
    }

    /** Returns the state of the slot; null if there is none, or the server has not told it yet. */
    SlotState slot() {
        return slot;
    }

    /** Returns the import jobs; null if imports are off, there are none, or the role may not look at them. */
    JobSummary imports() {
        return imports;
    }
}
