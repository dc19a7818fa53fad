package org.pg2sink.imports;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pg2sink.changelog.TableName;
import org.pg2sink.imports.ImportJob.State;

/**
 * Reads and writes the jobs of one subscription in the table {@code pg2sink.import_jobs}. A job is live until it expires. What
 * is written to a job holds only if the job is still as it was read, so several threads and processes can work side by side.
 */
final class JobTable {

    /** Asks the catalog itself, which needs no privilege; to_regclass fails in a schema that the role may not use. */
    private static final String EXISTS = "select from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            + " where n.nspname = 'pg2sink' and c.relname = 'import_jobs'";

    /** Reads what an earlier version does not count through JSON, where a missing column is null. */
    private static final String COLUMNS =
            "id, relation, membership, namespace, table_name, cursor, state, barrier::text as barrier,"
                    + " error, error_count, last_error_at, due_at, rows_processed_total, bytes_processed_total, rows_estimated,"
                    + " (to_jsonb(import_jobs)->>'chunks')::bigint as chunks,"
                    + " (to_jsonb(import_jobs)->>'chunks_read_again')::bigint as chunks_read_again,"
                    + " (to_jsonb(import_jobs)->>'retries')::bigint as retries,"
                    + " (to_jsonb(import_jobs)->>'begun_at')::timestamptz as begun_at,"
                    + " created_at, started_at, updated_at, completed_at";

    private static final String LIVE =
            "select " + COLUMNS + " from pg2sink.import_jobs where subscription = ? and expired_at is null";

    private static final String KNOWN =
            "select " + COLUMNS + " from pg2sink.import_jobs where subscription = ? and relation = ?";

    private static final String INSERT = """
            insert into pg2sink.import_jobs (subscription, relation, membership, namespace, table_name, rows_estimated)
            values (?, ?, ?, ?, ?, ?) on conflict do nothing""";

    private static final String KEEP_BARRIER = """
            update pg2sink.import_jobs job set barrier = coalesce(
                (select barrier from pg2sink.import_jobs earlier
                 where earlier.subscription = job.subscription and earlier.relation = job.relation
                   and earlier.membership = job.membership and earlier.expired_at is not null
                 order by id limit 1), barrier)
            where subscription = ? and relation = ? and expired_at is null""";

    private static final String RENAME = "update pg2sink.import_jobs set namespace = ?, table_name = ? where id = ?";

    /**
     * Lets the server commit without waiting for the disk. What a crash of the server takes back is only a turn or a cursor:
     * then a chunk comes again, as after a crash of this process.
     */
    private static final String RETURNING = "returning " + COLUMNS + ", set_config('synchronous_commit', 'off', true)";

    private static final String CLAIM = """
            update pg2sink.import_jobs set started_at = coalesce(started_at, now()), updated_at = now()
            where id = (select id from pg2sink.import_jobs
                        where subscription = ? and state = 'active' and expired_at is null and due_at <= now()
                        order by updated_at, id limit 1 for update skip locked)
            """ + RETURNING;

    private static final String DUE = LIVE + " and state = 'active' and due_at <= now() and id = ?";

    private static final String ADVANCE = """
            update pg2sink.import_jobs
            set cursor = ?, begun_at = coalesce(begun_at, now()), state = case when ? then 'completed' else state end,
                completed_at = case when ? then now() else completed_at end,
                rows_processed_total = rows_processed_total + ?, bytes_processed_total = bytes_processed_total + ?,
                chunks = chunks + ?, chunks_read_again = chunks_read_again + ?,
                error = null, error_count = 0, updated_at = now()
            where id = ? and expired_at is null and cursor is not distinct from ?
            """ + RETURNING;

    private static final String FAIL = """
            update pg2sink.import_jobs
            set error = ?, error_count = error_count + 1, retries = retries + 1, last_error_at = now(),
                updated_at = now(), due_at = now() + ? * interval '1 millisecond'
            where id = ? and expired_at is null""";

    private static final String POSTPONE = """
            update pg2sink.import_jobs set due_at = now() + ? * interval '1 millisecond', updated_at = now()
            where id = ?""";

    private static final String END = """
            update pg2sink.import_jobs
            set state = 'failed', error = ?, error_count = error_count + 1, last_error_at = now(), updated_at = now()
            where id = ? and expired_at is null""";

    private static final String CHANGE = """
            update pg2sink.import_jobs set state = ?, due_at = now(), updated_at = now()
            where id = ? and state = ? and expired_at is null""";

    private static final String SUMMARY = """
            select count(*) filter (where state = 'active' and error_count = 0),
                   count(*) filter (where state = 'active' and error_count > 0),
                   count(*) filter (where state = 'paused'),
                   count(*) filter (where state = 'completed'),
                   count(*) filter (where state = 'failed'),
                   coalesce(sum(greatest(rows_estimated - rows_processed_total, 0)) filter (where state = 'active'), 0)
            from pg2sink.import_jobs where subscription = ? and expired_at is null""";

    /**
     * Selects the job that most needs somebody: one that ended, that failed several times in a row, or whose first chunk has
     * waited for long.
     */
    private static final String TROUBLED = LIVE
            + " and (state = 'failed' or state = 'active' and (error_count >= 3"
            + " or begun_at is null and error_count = 0 and started_at < now() - interval '10 minutes'))"
            + " order by state = 'failed' desc, error_count desc, id limit 1";

    private static final String EXPIRE = """
            update pg2sink.import_jobs set expired_at = now(), updated_at = now()
            where subscription = ? and expired_at is null""";

    /** OIDs and transactions of another database mean nothing here, or something else. */
    private static final String RELOCATE = """
            update pg2sink.import_jobs
            set relation = coalesce((select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
                                     where n.nspname = import_jobs.namespace and c.relname = table_name), 0),
                membership = 0, barrier = pg_current_xact_id(), expired_at = coalesce(expired_at, now())
            where subscription = ?""";

    private final String subscription;

    JobTable(String subscription) {
        this.subscription = subscription;
    }

    /** Returns whether the table exists, and the role may use it. The first import creates it. */
    static boolean isUsable(Connection connection) throws SQLException {
        return ask(
                connection,
                EXISTS
                        + " and has_schema_privilege(n.oid, 'USAGE') and has_table_privilege(c.oid, 'SELECT')"
                        + " and has_table_privilege(c.oid, 'UPDATE')");
    }

    /** Returns whether the table exists, even if the role may not use it. */
    static boolean exists(Connection connection) throws SQLException {
        return ask(connection, EXISTS);
    }

    private static boolean ask(Connection connection, String what) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select exists (" + what + ")");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getBoolean(1);
        }
    }

    /** Returns the live jobs, by the names of their tables. */
    List<ImportJob> live(Connection connection) throws SQLException {
        return query(connection, LIVE + " order by namespace, table_name", subscription);
    }

    /** Returns the live job of a table. */
    Optional<ImportJob> live(Connection connection, TableName table) throws SQLException {
        String sql = LIVE + " and namespace = ? and table_name = ?";
        return query(connection, sql, subscription, table.namespace(), table.name()).stream()
                .findFirst();
    }

    /** Returns whether the table ever had a job. */
    boolean knows(Connection connection, PublishedTable table) throws SQLException {
        return !query(connection, KNOWN, subscription, table.relation()).isEmpty();
    }

    /**
     * Makes a job, unless the table has a live one, and returns whether it did. The barrier is the transaction of this
     * statement. The table's membership has committed by then, so the barrier is after it.
     */
    boolean insert(Connection connection, PublishedTable table) throws SQLException {
        TableName name = table.name();
        return update(
                        connection,
                        INSERT,
                        subscription,
                        table.relation(),
                        table.membership(),
                        name.namespace(),
                        name.name(),
                        table.rowsEstimated())
                > 0;
    }

    /** Gives the live job of a table the barrier of the first job that the table had since it was published. */
    void keepBarrier(Connection connection, long relation) throws SQLException {
        update(connection, KEEP_BARRIER, subscription, relation);
    }

    void rename(Connection connection, ImportJob job, TableName table) throws SQLException {
        update(connection, RENAME, table.namespace(), table.name(), job.id());
    }

    /** Claims the due job that was worked on least recently; empty if none is due. */
    Optional<ImportJob> claimNext(Connection connection) throws SQLException {
        return query(connection, CLAIM, subscription).stream().findFirst();
    }

    /** Returns a job that was claimed, as it is now; empty if it is not due any more. */
    Optional<ImportJob> due(Connection connection, long id) throws SQLException {
        return query(connection, DUE, subscription, id).stream().findFirst();
    }

    /**
     * Records that a chunk was delivered. The next one begins after it.
     *
     * @param readAgain how often it, or one before it that could not be delivered, was read again
     * @return the job as it is now; empty if it has expired, or another process was faster
     */
    Optional<ImportJob> advance(Connection connection, ImportJob job, Chunk chunk, int readAgain) throws SQLException {
        return query(
                        connection,
                        ADVANCE,
                        cursor(connection, chunk.cursor()),
                        chunk.last(),
                        chunk.last(),
                        chunk.rows().size(),
                        chunk.bytes(),
                        chunk.rows().isEmpty() ? 0 : 1,
                        readAgain,
                        job.id(),
                        cursor(connection, job.cursor()))
                .stream()
                .findFirst();
    }

    /** Returns null for a cursor at the beginning. */
    private static Array cursor(Connection connection, List<String> cursor) throws SQLException {
        return cursor.isEmpty() ? null : connection.createArrayOf("text", cursor.toArray());
    }

    /** Records that a try failed. The job is due again after {@code rest}. */
    void fail(Connection connection, ImportJob job, String error, Duration rest) throws SQLException {
        update(connection, FAIL, error, rest.toMillis(), job.id());
    }

    /** Makes a job wait although nothing went wrong. */
    void postpone(Connection connection, ImportJob job, Duration wait) throws SQLException {
        update(connection, POSTPONE, wait.toMillis(), job.id());
    }

    /** Records that a job cannot go on. */
    void end(Connection connection, ImportJob job, String error) throws SQLException {
        update(connection, END, error, job.id());
    }

    /** Gives a job another state and makes it due; returns whether it still had the state that {@code job} has. */
    boolean change(Connection connection, ImportJob job, State to) throws SQLException {
        return update(connection, CHANGE, to.text(), job.id(), job.state().text()) > 0;
    }

    /** Expires the live job of a table, if it has one. */
    void expire(Connection connection, long relation) throws SQLException {
        update(connection, EXPIRE + " and relation = ?", subscription, relation);
    }

    /** Expires all jobs, which are of another database, and gives them the OIDs that their tables have in this one. */
    void relocate(Connection connection) throws SQLException {
        update(connection, RELOCATE, subscription);
    }

    /** Expires all live jobs and returns how many there were. */
    int expireAll(Connection connection) throws SQLException {
        return update(connection, EXPIRE, subscription);
    }

    /** Sums up the live jobs. */
    JobSummary summary(Connection connection) throws SQLException {
        String trouble = query(connection, TROUBLED, subscription).stream()
                .findFirst()
                .map(ImportJob::trouble)
                .orElse(null);
        try (PreparedStatement statement = prepare(connection, SUMMARY, subscription);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new JobSummary(
                    row.getLong(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5),
                    row.getLong(6),
                    trouble);
        }
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, values)) {
            return statement.executeUpdate();
        }
    }

    private static List<ImportJob> query(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, values);
                ResultSet row = statement.executeQuery()) {
            List<ImportJob> jobs = new ArrayList<>();
            while (row.next()) {
                jobs.add(job(row));
            }
            return jobs;
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }

    private static ImportJob job(ResultSet row) throws SQLException {
        Array cursor = row.getArray("cursor");
        return new ImportJob(
                row.getLong("id"),
                row.getLong("relation"),
                row.getLong("membership"),
                new TableName(row.getString("namespace"), row.getString("table_name")),
                cursor == null ? List.of() : List.of((String[]) cursor.getArray()),
                State.of(row.getString("state")),
                Long.parseLong(row.getString("barrier")),
                row.getString("error"),
                row.getInt("error_count"),
                instant(row, "last_error_at"),
                instant(row, "due_at"),
                row.getLong("rows_processed_total"),
                row.getLong("bytes_processed_total"),
                row.getObject("rows_estimated", Long.class),
                row.getLong("chunks"),
                row.getLong("chunks_read_again"),
                row.getLong("retries"),
                instant(row, "created_at"),
                instant(row, "started_at"),
                instant(row, "begun_at"),
                instant(row, "updated_at"),
                instant(row, "completed_at"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp timestamp = row.getTimestamp(column);
        return timestamp == null ? null : timestamp.toInstant();
    }
}
