package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.pg2sink.changelog.TableName;
import org.pg2sink.imports.ImportJob.State;
import org.pg2sink.imports.JobChanges.Renamed;
import org.pg2sink.replication.Atomically;
import org.pg2sink.replication.Subscription;
import org.pg2sink.replication.SubscriptionException;
import org.pg2sink.replication.SubscriptionException.Remedy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Decides which tables of a subscription have an import job. Each published table has a live one; it expires when the table
 * leaves the publication or has to be imported again. Safe for any thread and for several processes.
 */
public final class ImportJobs {

    private static final Logger LOG = LoggerFactory.getLogger(ImportJobs.class);

    /** More tables than this share a line of the log. */
    private static final int MAX_LINES = 10;

    private final Subscription subscription;
    private final JobTable table;

    public ImportJobs(Subscription subscription) {
        this.subscription = subscription;
        this.table = new JobTable(subscription.name());
    }

    /** Returns whether the database has a table of jobs that the role may use. The first import creates it. */
    public static boolean exist(Connection connection) throws SQLException {
        return JobTable.isUsable(connection);
    }

    /**
     * Brings the jobs in line with the publication.
     *
     * @param create whether a table without a job gets one
     */
    void reconcile(Connection connection, boolean create) throws SQLException {
        JobChanges changes =
                JobChanges.between(table.live(connection), PublishedTable.of(connection, subscription.name()));
        for (Renamed renamed : changes.renamed()) {
            table.rename(connection, renamed.job(), renamed.table().name());
        }
        for (ImportJob job : changes.obsolete()) {
            table.expire(connection, job.relation());
        }
        if (create && !changes.missing().isEmpty()) {
            log(create(connection, changes.missing()));
        }
    }

    /** Makes the jobs in one transaction, because there may be thousands. Their tables were published before it. */
    private List<PublishedTable> create(Connection connection, List<PublishedTable> tables) throws SQLException {
        return Atomically.run(connection, transaction -> {
            List<PublishedTable> created = new ArrayList<>();
            for (PublishedTable missing : tables) {
                if (isWanted(transaction, missing) && table.insert(transaction, missing)) {
                    created.add(missing);
                }
            }
            return created;
        });
    }

    private void log(List<PublishedTable> created) {
        boolean few = created.size() <= MAX_LINES;
        for (PublishedTable one : created) {
            LOG.atLevel(few ? Level.INFO : Level.DEBUG)
                    .log(
                            "Subscription {}: importing {}{}",
                            subscription.name(),
                            one.name(),
                            about(one.rowsEstimated()));
        }
        if (!few) {
            long rows = created.stream()
                    .map(PublishedTable::rowsEstimated)
                    .filter(Objects::nonNull)
                    .mapToLong(Long::longValue)
                    .sum();
            LOG.info("Subscription {}: importing {} tables{}", subscription.name(), created.size(), about(rows));
        }
    }

    private static String about(Long rows) {
        return rows == null || rows == 0 ? "" : String.format(Locale.ROOT, " (about %,d rows)", rows);
    }

    /** A table that does not belong to the subscription is imported only if somebody added it: then it had a job before. */
    private boolean isWanted(Connection connection, PublishedTable published) throws SQLException {
        return subscription.includes(published.name()) || table.knows(connection, published);
    }

    /**
     * Makes a job for a published table, unless it has one.
     *
     * @throws SubscriptionException if the table is not published
     */
    public void create(Connection connection, TableName name) throws SQLException {
        create(connection, published(connection, name));
    }

    /**
     * Makes a job for a published table, in place of the one that it has. If the table has been published all the time, the
     * barrier stays what it was, because there is nothing else to wait for.
     *
     * @throws SubscriptionException if the table is not published
     */
    public void resync(Connection connection, TableName name) throws SQLException {
        PublishedTable published = published(connection, name);
        table.expire(connection, published.relation());
        create(connection, published);
        table.keepBarrier(connection, published.relation());
    }

    private PublishedTable published(Connection connection, TableName name) throws SQLException {
        return PublishedTable.of(connection, subscription.name()).stream()
                .filter(it -> it.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new SubscriptionException(
                        Remedy.STOP,
                        "The table " + name + " is not published by " + subscription.name()
                                + ", so it cannot be imported."));
    }

    private void create(Connection connection, PublishedTable published) throws SQLException {
        if (table.insert(connection, published)) {
            log(List.of(published));
        }
    }

    /** Returns the live jobs, by the names of their tables. */
    public List<ImportJob> list(Connection connection) throws SQLException {
        return table.live(connection);
    }

    /** Sums up the live jobs; empty if there is no table of jobs that the role may use. */
    public Optional<JobSummary> summary(Connection connection) throws SQLException {
        return JobTable.isUsable(connection) ? Optional.of(table.summary(connection)) : Optional.empty();
    }

    /** Returns the live job of a table. */
    public Optional<ImportJob> find(Connection connection, TableName name) throws SQLException {
        return table.live(connection, name);
    }

    /** Pauses a job, or makes it active and due; returns whether it still had the state that {@code job} has. */
    public boolean change(Connection connection, ImportJob job, State to) throws SQLException {
        return table.change(connection, job, to);
    }

    /** Ends the live job of a table; if the table is published, {@link #reconcile} makes a new one. */
    public void expire(Connection connection, long relation) throws SQLException {
        table.expire(connection, relation);
    }

    /** Makes the jobs fit this database, because they were restored from a dump of another one, and ends them. */
    public void relocate(Connection connection) throws SQLException {
        if (JobTable.exists(connection)) {
            table.relocate(connection);
        }
    }

    /** Ends all live jobs, so that all tables are imported again, and returns how many there were. */
    public int expireAll(Connection connection) throws SQLException {
        return JobTable.exists(connection) ? table.expireAll(connection) : 0;
    }
}
