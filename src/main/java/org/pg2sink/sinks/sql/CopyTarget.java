package org.pg2sink.sinks.sql;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.replication.SessionToken;

/** Begins transactions in the database of a copy, one at a time, and does what has to be done between two. */
final class CopyTarget {

    private final DataSource dataSource;
    private final String subscription;

    /** Null until the target was asked. */
    private TargetRole role;

    /** The session that has ended what earlier ones left open; null if there was none. */
    private SessionToken sole;

    CopyTarget(DataSource dataSource, String subscription) {
        this.dataSource = dataSource;
        this.subscription = subscription;
    }

    /** @param session the session of the stream; null if it is not known */
    CopyTransaction begin(SessionToken session) throws SQLException {
        Connection target = dataSource.getConnection();
        try {
            if (session != null && !session.equals(sole)) {
                target.setAutoCommit(true);
                Takeover.end(target, subscription, session);
                sole = session;
            }
            target.setAutoCommit(false);
            if (role == null) {
                Takeover.begin(target, session);
                TargetRole checked = TargetRole.check(target, subscription);
                CopyPosition.prepare(target);
                CopyShape.prepare(target);
                new Parking(target, subscription, CopyTransaction.source(subscription, session)).prepare();
                target.commit();
                role = checked;
            }
            return CopyTransaction.begin(target, subscription, session, role);
        } catch (SQLException | RuntimeException e) {
            CopyTransaction.end(target, e);
            throw e;
        }
    }

    /** Ends what earlier sessions of the stream have left open. */
    void takeOver(SessionToken session) throws SQLException {
        try (Connection target = dataSource.getConnection()) {
            target.setAutoCommit(true);
            Takeover.end(target, subscription, session);
        }
    }

    /**
     * Adds the values that enums of the copy lack for a batch. Returns whether there were any.
     *
     * @param session the session of the stream; null if it is not known
     */
    boolean addLabels(Batch batch, SessionToken session) throws SQLException {
        try (Connection target = dataSource.getConnection()) {
            target.setAutoCommit(false);
            Takeover.begin(target, session);
            boolean added = new EnumLabels(target, batch.table()).add(batch);
            target.commit(); // the value cannot be used before
            return added;
        }
    }

    /**
     * Parks a table. Returns whether it is parked: if the copy is beyond what was refused, another process has applied it.
     *
     * @param first the first transaction of what was refused
     * @param last the last one
     */
    boolean park(Table table, Transaction first, Transaction last, SessionToken session, String reason)
            throws SQLException {
        CopyTransaction own = begin(session);
        try {
            boolean parked = own.park(table, first, last, reason);
            own.commit();
            return parked;
        } catch (SQLException | RuntimeException e) {
            own.abandon(e);
            throw e;
        }
    }
}
