package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pg2sink.imports.ImportJob.State;
import org.pg2sink.imports.PublishedTables.Member;
import org.pg2sink.replication.Subscription;
import org.pg2sink.replication.SubscriptionException;
import org.pg2sink.replication.SubscriptionException.Remedy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The import jobs of a subscription, in the table {@code pg2sink.import_jobs} of the subscribed database. A job is live
 * until it expires: when its table leaves the publication, or is to be imported anew. Safe for any thread and for several
 * processes: whatever is decided on a job holds only while the job is as it was read.
 */
public final class ImportJobs {

    private static final Logger LOG = LoggerFactory.getLogger(ImportJobs.class);

    /** In place of the number of a job. */
    static final long ANY = 0;

    private static final String COLUMNS =
            "id, relation, membership, namespace, table_name, cursor, state, barrier::text,"
                    + " error, error_count, last_error_at, due_at, rows_processed_total, bytes_processed_total, rows_estimated,"
                    + " created_at, started_at, updated_at, completed_at";

    private static final String LIVE = " from pg2sink.import_jobs where subscription = ? and expired_at is null";

    private static final String CLAIM = """
            update pg2sink.import_jobs set started_at = coalesce(started_at, now()), updated_at = now()
            where id = (select id from pg2sink.import_jobs
                        where subscription = ? and state = 'active' and expired_at is null and due_at <= now()
                              and ? in (id, 0)
                        order by updated_at, id limit 1 for update skip locked)
            returning\s""" + COLUMNS;

    private static final String ADVANCE = """
            update pg2sink.import_jobs
            set cursor = ?, state = case when ? then 'completed' else state end,
                completed_at = case when ? then now() else completed_at end,
                rows_processed_total = rows_processed_total + ?, bytes_processed_total = bytes_processed_total + ?,
                error = null, error_count = 0, updated_at = now()
            where id = ? and expired_at is null and cursor is not distinct from ?
            returning\s""" + COLUMNS;

    /** Five seconds, then three times as long each time, up to an hour; give or take a tenth, so that not all come at once. */
    private static final String FAIL = """
            update pg2sink.import_jobs
            set error = ?, error_count = error_count + 1, last_error_at = now(), updated_at = now(),
                due_at = now() + least(interval '54 minutes', interval '5 seconds' * power(3, least(error_count, 10)))
                         * (0.9 + 0.2 * random())
            where id = ? and expired_at is null""";

    private static final String KEEP_BARRIER = """
            update pg2sink.import_jobs job set barrier = coalesce(
                (select barrier from pg2sink.import_jobs earlier
                 where earlier.subscription = job.subscription and earlier.relation = job.relation
                   and earlier.membership = job.membership and earlier.expired_at is not null
                 order by id limit 1), barrier)
            where subscription = ? and relation = ? and expired_at is null""";

    private final Subscription subscription;

    public ImportJobs(Subscription subscription) {
        this.subscription = subscription;
    }

    /** Whether the table of the jobs exists: it does once something was imported. */
    public static boolean exist(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                        connection.prepareStatement("select to_regclass('pg2sink.import_jobs') is not null");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getBoolean(1);
        }
    }

    /**
     * Brings the jobs in line with the publication: the job of a table that left expires, also if the table came back since,
     * and a table without a live job gets one.
     *
     * @param create whether it does
     */
    void reconcile(Connection connection, boolean create) throws SQLException {
        Map<Long, ImportJob> obsolete = new HashMap<>();
        list(connection).forEach(job -> obsolete.put(job.relation(), job));
        List<Member> members = PublishedTables.of(connection, subscription.name());
        List<Member> without = new ArrayList<>();
        for (Member member : members) {
            ImportJob job = obsolete.get(member.relation());
            if (job == null || job.membership() != member.membership()) {
                if (subscription.includes(member.namespace(), member.name()) || wasAskedFor(connection, member)) {
                    without.add(member);
                }
            } else {
                obsolete.remove(member.relation());
                if (!job.namespace().equals(member.namespace()) || !job.table().equals(member.name())) {
                    rename(connection, job, member);
                }
            }
        }
        for (ImportJob job : obsolete.values()) {
            expire(connection, job.relation());
        }
        if (create) {
            for (Member member : without) {
                create(connection, member);
            }
        }
    }

    /** Whether a table that does not belong to the subscription had a job since it is published: then somebody added it. */
    private boolean wasAskedFor(Connection connection, Member member) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select exists (select from pg2sink.import_jobs"
                + " where subscription = ? and relation = ? and membership = ?)")) {
            statement.setString(1, subscription.name());
            statement.setLong(2, member.relation());
            statement.setLong(3, member.membership());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    /**
     * Makes a job for a published table, unless it has one.
     *
     * @throws SubscriptionException if the table is not published
     */
    public void create(Connection connection, String namespace, String table) throws SQLException {
        create(connection, member(connection, namespace, table));
    }

    /**
     * Makes a job for a published table, in place of the one that it has. If the table has been published all the time, the
     * barrier stays what it was: there is nothing else to wait for.
     *
     * @throws SubscriptionException if the table is not published
     */
    public void resync(Connection connection, String namespace, String table) throws SQLException {
        Member member = member(connection, namespace, table);
        expire(connection, member.relation());
        create(connection, member);
        try (PreparedStatement statement = connection.prepareStatement(KEEP_BARRIER)) {
            statement.setString(1, subscription.name());
            statement.setLong(2, member.relation());
            statement.executeUpdate();
        }
    }

    private Member member(Connection connection, String namespace, String table) throws SQLException {
        return PublishedTables.of(connection, subscription.name()).stream()
                .filter(it -> it.namespace().equals(namespace) && it.name().equals(table))
                .findFirst()
                .orElseThrow(() -> new SubscriptionException(
                        Remedy.STOP,
                        "The table " + namespace + "." + table + " is not published by " + subscription.name()
                                + ", so it cannot be imported."));
    }

    /** By now the membership has committed, so the barrier, which is this statement's transaction, is after it. */
    private void create(Connection connection, Member member) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "insert into pg2sink.import_jobs (subscription, relation, membership, namespace, table_name, rows_estimated)"
                        + " values (?, ?, ?, ?, ?, ?) on conflict do nothing")) {
            statement.setString(1, subscription.name());
            statement.setLong(2, member.relation());
            statement.setLong(3, member.membership());
            statement.setString(4, member.namespace());
            statement.setString(5, member.name());
            statement.setObject(6, member.rowsEstimated());
            if (statement.executeUpdate() > 0) {
                LOG.info(
                        "Subscription {}: {}.{} is to be imported",
                        subscription.name(),
                        member.namespace(),
                        member.name());
            }
        }
    }

    private static void rename(Connection connection, ImportJob job, Member member) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "update pg2sink.import_jobs set namespace = ?, table_name = ? where id = ?")) {
            statement.setString(1, member.namespace());
            statement.setString(2, member.name());
            statement.setLong(3, job.id());
            statement.executeUpdate();
        }
    }

    /** The live jobs, in the order of their tables' names. */
    public List<ImportJob> list(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select " + COLUMNS + LIVE + " order by namespace, table_name")) {
            statement.setString(1, subscription.name());
            return jobs(statement);
        }
    }

    /** The live job of a table. */
    public Optional<ImportJob> find(Connection connection, String namespace, String table) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select " + COLUMNS + LIVE + " and namespace = ? and table_name = ?")) {
            statement.setString(1, subscription.name());
            statement.setString(2, namespace);
            statement.setString(3, table);
            return jobs(statement).stream().findFirst();
        }
    }

    /**
     * The due job that was worked on least recently; empty if none is due.
     *
     * @param id the only one to be considered, or {@link #ANY}
     */
    Optional<ImportJob> claim(Connection connection, long id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(CLAIM)) {
            statement.setString(1, subscription.name());
            statement.setLong(2, id);
            return jobs(statement).stream().findFirst();
        }
    }

    /**
     * A chunk was delivered: the next begins at {@code cursor}.
     *
     * @return the job as it is now; empty if it has expired, or another process was faster
     */
    Optional<ImportJob> advance(
            Connection connection, ImportJob job, List<String> cursor, boolean last, long rows, long bytes)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ADVANCE)) {
            statement.setArray(1, connection.createArrayOf("text", cursor.toArray()));
            statement.setBoolean(2, last);
            statement.setBoolean(3, last);
            statement.setLong(4, rows);
            statement.setLong(5, bytes);
            statement.setLong(6, job.id());
            statement.setArray(
                    7,
                    job.cursor().isEmpty()
                            ? null
                            : connection.createArrayOf("text", job.cursor().toArray()));
            return jobs(statement).stream().findFirst();
        }
    }

    /** A try failed; the job is due again after a while. */
    void fail(Connection connection, ImportJob job, String error) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FAIL)) {
            statement.setString(1, error);
            statement.setLong(2, job.id());
            statement.executeUpdate();
        }
    }

    /** Nothing went wrong, but the job has to wait. */
    void postpone(Connection connection, ImportJob job, long millis) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "update pg2sink.import_jobs set due_at = now() + ? * interval '1 millisecond', updated_at = now()"
                        + " where id = ?")) {
            statement.setLong(1, millis);
            statement.setLong(2, job.id());
            statement.executeUpdate();
        }
    }

    /** The job cannot go on. */
    void end(Connection connection, ImportJob job, String error) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "update pg2sink.import_jobs set state = 'failed', error = ?, error_count = error_count + 1,"
                        + " last_error_at = now(), updated_at = now() where id = ? and expired_at is null")) {
            statement.setString(1, error);
            statement.setLong(2, job.id());
            statement.executeUpdate();
        }
    }

    /** Makes a job paused, or active and due; tells whether it was still in the state that {@code job} has. */
    public boolean change(Connection connection, ImportJob job, State to) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "update pg2sink.import_jobs set state = ?, due_at = now(), updated_at = now()"
                        + " where id = ? and state = ? and expired_at is null")) {
            statement.setString(1, to.text());
            statement.setLong(2, job.id());
            statement.setString(3, job.state().text());
            return statement.executeUpdate() > 0;
        }
    }

    /** Ends the live job of a table; if the table is published, {@link #reconcile} makes a new one. */
    public void expire(Connection connection, long relation) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("update pg2sink.import_jobs set expired_at = now(), updated_at = now()"
                        + " where subscription = ? and relation = ? and expired_at is null")) {
            statement.setString(1, subscription.name());
            statement.setLong(2, relation);
            statement.executeUpdate();
        }
    }

    /** Ends all live jobs: with a new slot, the sinks have missed what came before it. */
    public void expireAll(Connection connection) throws SQLException {
        if (!exist(connection)) {
            return;
        }
        try (PreparedStatement statement =
                connection.prepareStatement("update pg2sink.import_jobs set expired_at = now(), updated_at = now()"
                        + " where subscription = ? and expired_at is null")) {
            statement.setString(1, subscription.name());
            if (statement.executeUpdate() > 0) {
                LOG.info("Subscription {}: the slot is new, so all tables are imported anew", subscription.name());
            }
        }
    }

    private static List<ImportJob> jobs(PreparedStatement statement) throws SQLException {
        List<ImportJob> jobs = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                jobs.add(new ImportJob(
                        row.getLong(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getString(4),
                        row.getString(5),
                        row.getArray(6) == null
                                ? List.of()
                                : Arrays.asList((String[]) row.getArray(6).getArray()),
                        State.of(row.getString(7)),
                        Long.parseLong(row.getString(8)),
                        row.getString(9),
                        row.getInt(10),
                        instant(row, 11),
                        instant(row, 12),
                        row.getLong(13),
                        row.getLong(14),
                        row.getObject(15, Long.class),
                        instant(row, 16),
                        instant(row, 17),
                        instant(row, 18),
                        instant(row, 19)));
            }
        }
        return jobs;
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        Timestamp timestamp = row.getTimestamp(column);
        return timestamp == null ? null : timestamp.toInstant();
    }
}
