package org.pg2sink.sinks.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.TableName;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.SessionToken;

/**
 * The position up to which a table has been copied: the operation {@code sequence} of the transaction that committed at
 * {@code lsn}. It is
 * kept in the target, and written in the transaction that writes the rows, so that a change that comes again is known.
 */
public record CopyPosition(
        String timeline, Lsn lsn, long sequence, OffsetDateTime committed, String stream, long session) {

    private static final String EXISTS = """
            select count(*), count(*) filter (where attname in ('timeline', 'import_began', 'session')) from pg_attribute
            where attrelid = to_regclass('pg2sink_copy.position') and attnum > 0 and not attisdropped""";

    private static final String CREATE = """
            create schema if not exists pg2sink_copy;
            create table if not exists pg2sink_copy.position (
              subscription text, namespace text, name text,
              timeline text, lsn pg_lsn not null, sequence bigint not null, committed timestamptz,
              import_run bigint, import_began xid8, import_server bigint, stream text, session bigint,
              primary key (subscription, namespace, name));
            comment on table pg2sink_copy.position is 'How far pg2sink has copied each table; without its row a table is copied again'""";

    /** Adds what tables of earlier builds lack. */
    private static final String ADD_COLUMNS = """
            alter table pg2sink_copy.position
              add column if not exists timeline text, add column if not exists import_run bigint,
              add column if not exists import_began xid8, add column if not exists import_server bigint,
              add column if not exists stream text, add column if not exists session bigint""";

    /** Commits take their time and then their place in the WAL, so concurrent ones may be out of order by moments. */
    private static final Duration MAX_COMMIT_DISORDER = Duration.ofSeconds(1);

    private static final String INSERT = """
            insert into pg2sink_copy.position (subscription, namespace, name, lsn, sequence)
            values (?, ?, ?, '0/0', 0) on conflict do nothing""";

    private static final String SELECT = """
            select timeline, lsn, sequence, committed, stream, session from pg2sink_copy.position
            where subscription = ? and namespace = ? and name = ? for update""";

    private static final String UPDATE = """
            update pg2sink_copy.position set timeline = ?, lsn = ?::pg_lsn, sequence = ?, committed = ?, stream = ?, session = ?
            where subscription = ? and namespace = ? and name = ?""";

    private static final String FORGET =
            "delete from pg2sink_copy.position where subscription = ? and namespace = ? and name = ?";

    private static final String RENAME = """
            update pg2sink_copy.position set namespace = ?, name = ?
            where subscription = ? and namespace = ? and name = ?""";

    /** @param session the session of the stream that brought the change; null if it is not known */
    static CopyPosition of(Modification change, SessionToken session) {
        Transaction transaction = change.transaction();
        return new CopyPosition(
                transaction.timeline(),
                transaction.lsn(),
                change.sequence(),
                change.timestamp(),
                session == null ? null : session.stream(),
                session == null ? 0 : session.began());
    }

    /** Creates the table of positions if it does not exist. */
    static void prepare(Connection target) throws SQLException {
        try (Statement statement = target.createStatement()) {
            String sql;
            try (ResultSet exists = statement.executeQuery(EXISTS)) {
                exists.next();
                if (exists.getInt(2) == 3) {
                    return;
                }
                sql = exists.getInt(1) > 0 ? ADD_COLUMNS : CREATE;
            }
            statement.execute(sql);
        }
    }

    /**
     * Reads the position of a table and locks it until the transaction ends: only who has the lock may write to the table,
     * and what a process that was killed has sent, the server may still be about to commit.
     */
    public static CopyPosition lock(Connection target, String subscription, TableName table) throws SQLException {
        try (PreparedStatement insert = target.prepareStatement(INSERT);
                PreparedStatement select = target.prepareStatement(SELECT)) {
            identify(insert, 1, subscription, table);
            insert.executeUpdate(); // else there would be nothing to lock the first time
            identify(select, 1, subscription, table);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return new CopyPosition(
                        row.getString(1),
                        Lsn.parse(row.getString(2)),
                        row.getLong(3),
                        row.getObject(4, OffsetDateTime.class),
                        row.getString(5),
                        row.getLong(6));
            }
        }
    }

    /** Gives the position of a table to its new name, in place of one that this name had. */
    static void rename(Connection target, String subscription, TableName from, TableName to) throws SQLException {
        try (PreparedStatement forget = target.prepareStatement(FORGET);
                PreparedStatement rename = target.prepareStatement(RENAME)) {
            identify(forget, 1, subscription, to);
            forget.executeUpdate();
            rename.setString(1, to.namespace());
            rename.setString(2, to.name());
            identify(rename, 3, subscription, from);
            rename.executeUpdate();
        }
    }

    /** Sets the three parameters that name the row of a table. */
    static void identify(PreparedStatement statement, int first, String subscription, TableName table)
            throws SQLException {
        statement.setString(first, subscription);
        statement.setString(first + 1, table.namespace());
        statement.setString(first + 2, table.name());
    }

    void save(Connection target, String subscription, Table table) throws SQLException {
        try (PreparedStatement statement = target.prepareStatement(UPDATE)) {
            statement.setString(1, timeline);
            statement.setString(2, lsn.toString());
            statement.setLong(3, sequence);
            statement.setObject(4, committed);
            statement.setString(5, stream);
            statement.setLong(6, session);
            identify(statement, 7, subscription, table.qualifiedName());
            statement.executeUpdate();
        }
    }

    /** Returns whether the copy has a change already. A change of another history it never has. */
    boolean covers(Modification change) {
        return isBeyond(change) && change.transaction().isComparable(timeline) && !isYounger(change);
    }

    /** Returns whether a later session of a stream wrote it than another one, which has lost the slot then. */
    boolean isOfLaterSession(SessionToken other) {
        return other != null && other.stream().equals(stream) && session > other.began();
    }

    /** Returns whether a change stands at or before this position, on whatever history. */
    boolean isBeyond(Modification change) {
        int order = change.transaction().lsn().compareTo(lsn);
        return order < 0 || order == 0 && change.sequence() <= sequence;
    }

    /** Returns whether a change that stands before this position committed so much later that the source was restored. */
    private boolean isYounger(Modification change) {
        return committed != null && change.timestamp().isAfter(committed.plus(MAX_COMMIT_DISORDER));
    }

    /** Returns the position of a copy whose source has lost what was copied last: before all changes that may come. */
    CopyPosition beforeAll() {
        return new CopyPosition(timeline, Lsn.ZERO, 0, committed, stream, session);
    }
}
