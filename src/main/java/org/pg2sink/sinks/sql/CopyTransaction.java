package org.pg2sink.sinks.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pg2sink.changelog.Acknowledgement;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.SessionToken;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A transaction in the target, which lasts until the transactions of the source that it applies have ended. It keeps the
 * positions that it reaches, and saves them when it commits. For one thread at a time.
 */
final class CopyTransaction {

    private static final Logger LOG = LoggerFactory.getLogger(CopyTransaction.class);

    /** Checks constraints at the commit, as the source does where they are deferrable. */
    private static final String DEFER = "set constraints all deferred;";

    /** Reported if a lock could not be taken in time. */
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final Connection target;
    private final String subscription;
    /** The session of the stream; null if it is not known. */
    private final SessionToken session;

    private final String source;
    /** By the OID of the table, in the order in which they were reached. */
    private final Map<Long, Reached> positions = new LinkedHashMap<>();
    /** The first delivery that is applied, not confirmed before the commit; null if none is to be. */
    private Acknowledgement held;

    /** @param last the transaction of the source that was applied last */
    record Reached(Table table, CopyPosition position, Transaction last, boolean changed) {}

    private CopyTransaction(Connection target, String subscription, SessionToken session) {
        this.target = target;
        this.subscription = subscription;
        this.session = session;
        this.source = source(subscription, session);
    }

    /**
     * @param target is closed when the transaction ends
     * @param session the session of the stream; null if it is not known
     */
    static CopyTransaction begin(Connection target, String subscription, SessionToken session, TargetRole role)
            throws SQLException {
        target.setAutoCommit(false);
        Takeover.begin(target, session);
        execute(target, DEFER + (role.replica() ? "set local session_replication_role = replica;" : ""));
        return new CopyTransaction(target, subscription, session);
    }

    /** Returns what names the server and database that the OIDs of tables belong to. */
    static String source(String subscription, SessionToken session) {
        return session == null ? subscription : session.stream();
    }

    Connection target() {
        return target;
    }

    String source() {
        return source;
    }

    /** Returns the OIDs of the tables of which changes were applied. */
    Set<Long> tables() {
        return Set.copyOf(positions.keySet());
    }

    /** Returns whether the stream delivers again what was applied, so that the transaction is of no use. */
    boolean isOver() {
        return held != null && held.isOver();
    }

    /** Keeps a delivery unconfirmed until the commit, and so all that follow it. Returns false if it cannot be kept. */
    boolean hold(Acknowledgement delivery) {
        if (held == null && delivery.hold()) {
            held = delivery;
        }
        return held != null;
    }

    /**
     * Applies those changes of a batch that the copy does not have.
     *
     * @param walEnd the end of the source's WAL when its stream began; null if it is not known
     */
    void apply(Table table, Batch batch, TargetTable shape, Lsn walEnd) throws SQLException {
        Reached known = positions.get(table.oid());
        CopyPosition position = known == null ? lockPosition(table) : known.position;
        if (walEnd != null && known == null && position.lsn().isAfter(walEnd)) {
            if (position.isOfLaterSession(session)) {
                throw new IllegalStateException("A later session of the stream has written the copy of " + table
                        + ", so this process has lost the replication slot, and its changes are not applied.");
            }
            wentBack(table, position, "whose WAL ended at " + walEnd + " when the stream began");
            position = position.beforeAll();
        }
        CopyPosition reached = position;
        CopyWriter writer = new CopyWriter(target, table, shape);
        for (Entry entry : batch) {
            if (entry instanceof Modification change && !reached.covers(change)) {
                if (reached.isBeyond(change)) {
                    wentBack(
                            table,
                            reached,
                            "which now has a later change at "
                                    + change.transaction().lsn());
                }
                switch (change.operation()) {
                    case IMPORT_BEGIN -> {
                        new CopyRun(target, subscription, change).begin();
                        new Parking(target, subscription, source).begin(change);
                    }
                    case IMPORT_END -> {
                        writer.flush();
                        new CopyRun(target, subscription, change).end();
                        new Parking(target, subscription, source).imported(change);
                    }
                    default -> writer.apply(change);
                }
                reached = CopyPosition.of(change, session);
            }
        }
        writer.flush();
        boolean changed = reached != position || known != null && known.changed;
        positions.put(
                table.oid(),
                new Reached(table, reached, batch.get(batch.size() - 1).transaction(), changed));
    }

    /**
     * Parks a table, unless another process has applied by now what was refused.
     *
     * @return whether it is parked
     */
    boolean park(Table table, Transaction first, Transaction last, String reason) throws SQLException {
        CopyPosition position = lockPosition(table);
        if (position.lsn().isAfter(last.lsn()) && last.isComparable(position.timeline())) {
            return false;
        }
        new Parking(target, subscription, source).park(table, first, reason);
        return true;
    }

    /** Returns which of the tables the commit was refused for; empty if the server does not tell. */
    Optional<Reached> refused(SQLException refusal) {
        if (positions.size() == 1) {
            return positions.values().stream().findFirst();
        }
        ServerErrorMessage told = refusal instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
        return positions.values().stream()
                .filter(reached -> told != null
                        && reached.table.namespace().equals(told.getSchema())
                        && reached.table.name().equals(told.getTable()))
                .findFirst();
    }

    private static void wentBack(Table table, CopyPosition position, String sign) {
        LOG.warn(
                "The copy of {} is at {} of the source, {}: the source went back. The copy goes on with what comes now;"
                        + " resync the table to mend the rows that the source lost.",
                table,
                position.lsn(),
                sign);
    }

    /** Waits a moment only, since what it waits for is another process, of which somebody should hear. */
    private CopyPosition lockPosition(Table table) throws SQLException {
        execute(target, "set local lock_timeout = '1s'");
        try {
            CopyPosition position = CopyPosition.lock(target, subscription, table.qualifiedName());
            execute(target, "set local lock_timeout = 0");
            return position;
        } catch (SQLException e) {
            if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                throw new StillWrittenException(table);
            }
            throw e;
        }
    }

    /** Shows the server that the client lives. */
    void ping() throws SQLException {
        execute(target, "select 1");
    }

    void commit() throws SQLException {
        for (Reached reached : positions.values()) {
            if (reached.changed) {
                reached.position.save(target, subscription, reached.table);
            }
        }
        target.commit();
        if (held != null) {
            held.release();
        }
        target.close();
    }

    /** Rolls back, and has the stream deliver again what waited for the commit. */
    void abandon(Exception cause) {
        if (held != null) {
            held.fail(cause);
        }
        end(target, cause);
    }

    /**
     * Rolls back and closes a connection, which is not used again if it is stale. What goes wrong with that does not hide why
     * it is done.
     */
    static void end(Connection target, Exception cause) {
        try (target) {
            if (CopyFailure.isStale(cause)) {
                target.abort(Runnable::run);
            }
            target.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private static void execute(Connection target, String sql) throws SQLException {
        try (Statement statement = target.createStatement()) {
            statement.execute(sql);
        }
    }
}
