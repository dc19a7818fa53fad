package org.pg2sink.sinks.sql;

import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.pg2sink.changelog.Acknowledgement;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.component.AcknowledgeOnCompletion;
import org.pg2sink.component.Pg2sinkConstants;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.SessionToken;
import org.pg2sink.sinks.BatchBody;

/**
 * Keeps another PostgreSQL database an exact copy. It commits there where the source committed, together with how far each table
 * has been copied: changes that come again are skipped, so each is applied exactly once.
 *
 * <p>A transaction of the source may come in several exchanges. The first of them stays unconfirmed until the commit, so what a
 * broken connection loses is delivered again.
 */
public class DatabaseCopy implements Processor {

    private static final String STREAM_ENDED = "The stream that began the transaction has ended";

    private DataSource dataSource;
    private String subscription;
    private OnRefusal onRefusal = OnRefusal.STOP;

    /** The stream and the imports are two threads, which take turns. */
    private final ReentrantLock oneAtATime = new ReentrantLock();

    // guarded by oneAtATime
    /** Null if the next exchange begins one. */
    private CopyTransaction open;

    /** Null before the first exchange. */
    private CopyTarget target;

    private final FittedTables fitted = new FittedTables();
    /** The session of the stream that delivered last; null before the first, or if it is unknown. */
    private SessionToken session;
    /** The OIDs of tables of which that session has committed changes. */
    private final Set<Long> committed = new HashSet<>();

    private final Refusals refusals = new Refusals();

    private final Lease lease = new Lease(this::keepAlive);

    public DataSource getDataSource() {
        return dataSource;
    }

    /** Sets the database that becomes the copy. */
    public void setDataSource(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    public String getSubscription() {
        return subscription;
    }

    /** Sets the subscription that feeds the copy. Several subscriptions may feed one database. */
    public void setSubscription(String subscription) {
        this.subscription = subscription;
    }

    public OnRefusal getOnRefusal() {
        return onRefusal;
    }

    public void setOnRefusal(OnRefusal onRefusal) {
        this.onRefusal = onRefusal;
    }

    @Override
    public void process(Exchange exchange) throws SQLException, InterruptedException {
        Batch batch = BatchBody.batch(exchange.getMessage().getBody());
        Acknowledgement delivery = AcknowledgeOnCompletion.of(exchange).orElse(null);
        Object end = exchange.getMessage().getHeader(Pg2sinkConstants.TRANSACTION_END);
        boolean more = end != null && end.equals(false); // asked in this order so that an end that nobody knows refuses
        oneAtATime.lockInterruptibly();
        try {
            if (delivery != null && delivery.isOver()) {
                exchange.setRollbackOnly(true); // trying again is of no use
                throw new IllegalStateException("This delivery of " + batch.table()
                        + " is over: the stream delivers again from the last confirmed change.");
            }
            if (open != null && open.isOver()) {
                abandon(new IllegalStateException(STREAM_ENDED));
            }
            copy(batch, walEnd(exchange, batch.table()), more ? delivery : null);
        } catch (SQLException e) {
            throw CopyFailure.of(e, batch.table());
        } finally {
            oneAtATime.unlock();
        }
    }

    /**
     * Returns the end of the source's WAL when its stream began; null if that is not known, or the session has committed
     * changes of the table, which may be beyond it.
     */
    private Lsn walEnd(Exchange exchange, Table table) {
        SessionToken current = exchange.getProperty(Pg2sinkConstants.SESSION, SessionToken.class);
        if (!Objects.equals(current, session)) {
            session = current;
            committed.clear();
            fitted.clear(); // another process may have parked tables
        }
        return current == null || committed.contains(table.oid()) ? null : current.walEnd();
    }

    /** @param unfinished the delivery, if more of its transaction follows; else null */
    private void copy(Batch batch, Lsn walEnd, Acknowledgement unfinished) throws SQLException {
        if (batch.table().namespace() != null) { // a logical message is of no table
            apply(batch, walEnd);
        }
        if (open == null) {
            return;
        }
        if (unfinished != null && open.hold(unfinished)) {
            lease.begin();
        } else {
            commit(batch.table());
        }
    }

    /** Applies a batch, or parks its table. */
    private void apply(Batch batch, Lsn walEnd) throws SQLException {
        boolean alone = open == null;
        try {
            applyWithLabels(batch, walEnd, alone);
        } catch (SQLException e) {
            Transaction last = batch.get(batch.size() - 1).transaction();
            if (!parks(e, batch.table(), batch.get(0).transaction(), last) || !alone) {
                throw e; // the stream delivers again what was in the transaction
            }
        }
    }

    /** @param alone whether nothing else is in the transaction, so that it can be tried again here */
    private void applyWithLabels(Batch batch, Lsn walEnd, boolean alone) throws SQLException {
        try {
            attempt(batch, walEnd);
        } catch (SQLException e) {
            if (!EnumLabels.mayLack(e, batch.table()) || !addLabels(batch, e) || !alone) {
                throw e;
            }
            attempt(batch, walEnd);
        }
    }

    /** Ends the transaction first, because the enum is to have the values before it is used. */
    private boolean addLabels(Batch batch, SQLException refusal) throws SQLException {
        if (open != null) {
            abandon(refusal);
        }
        return target().addLabels(batch, session);
    }

    /**
     * Parks a table, in a transaction of its own, if that is wanted and its refusal lasts.
     *
     * @param first the first transaction of what was refused
     * @param last the last one; if the copy is beyond it another process has applied it
     */
    private boolean parks(SQLException refusal, Table table, Transaction first, Transaction last) throws SQLException {
        if (onRefusal != OnRefusal.PARK || !refusals.lasts(refusal, table, first)) {
            return false;
        }
        if (open != null) {
            abandon(refusal);
        }
        return target().park(table, first, last, session, refusal.getMessage());
    }

    /** Applies a batch, or nothing of it. What was applied before stays, so that the batch can be tried again. */
    private void attempt(Batch batch, Lsn walEnd) throws SQLException {
        Savepoint before = null;
        if (open == null) {
            open = target().begin(session);
        } else {
            before = savepoint(batch.table());
        }
        try {
            TargetTable shape = fitted.of(batch, open.target(), subscription, open.source());
            if (shape != null) {
                open.apply(batch.table(), batch, shape, walEnd);
            }
            if (before != null) {
                open.target().releaseSavepoint(before);
            }
        } catch (SQLException e) {
            SQLException failure = CopyFailure.of(e, batch.table());
            rollback(before, failure);
            throw failure;
        } catch (RuntimeException e) {
            rollback(before, e);
            if (e instanceof StillWrittenException && session != null) {
                takeOver();
            }
            throw e;
        }
    }

    private void takeOver() throws SQLException {
        if (open == null) {
            target().takeOver(session);
        } else {
            Takeover.end(open.target(), subscription, session);
        }
    }

    private Savepoint savepoint(Table next) throws SQLException {
        try {
            return open.target().setSavepoint();
        } catch (SQLException e) {
            SQLException failure = CopyFailure.of(e, next);
            abandon(failure);
            throw failure;
        }
    }

    private void rollback(Savepoint before, Exception cause) {
        fitted.clear();
        if (before == null || CopyFailure.isStale(cause)) {
            abandon(cause);
            return;
        }
        try {
            open.target().rollback(before);
        } catch (SQLException e) {
            cause.addSuppressed(e);
            abandon(cause);
        }
    }

    private CopyTarget target() {
        if (target == null) {
            target = new CopyTarget(dataSource, subscription);
        }
        return target;
    }

    /** @param last the table of which something was applied last */
    private void commit(Table last) throws SQLException {
        Set<Long> tables = open.tables();
        try {
            open.commit();
            committed.addAll(tables);
        } catch (SQLException e) {
            refusedAtTheEnd(e, last);
        }
        open = null;
        lease.end();
    }

    /** Deferred constraints are checked at the commit, which the table of any change may fail. */
    private void refusedAtTheEnd(SQLException e, Table last) throws SQLException {
        Optional<CopyTransaction.Reached> refused = open.refused(e);
        SQLException failure =
                CopyFailure.of(e, refused.map(CopyTransaction.Reached::table).orElse(last));
        abandon(failure);
        if (refused.isPresent()) {
            Transaction at = refused.get().last();
            parks(failure, refused.get().table(), at, at);
        }
        throw failure;
    }

    private void abandon(Exception cause) {
        CopyTransaction abandoned = open;
        open = null;
        lease.end();
        fitted.clear();
        abandoned.abandon(cause);
    }

    private void keepAlive() {
        if (!oneAtATime.tryLock()) {
            return; // it is in use
        }
        try {
            if (open != null && open.isOver()) {
                abandon(new IllegalStateException(STREAM_ENDED));
            } else if (open != null) {
                open.ping();
            }
        } catch (SQLException e) {
            abandon(new IllegalStateException("The transaction in the copy was lost: " + e.getMessage()));
        } finally {
            oneAtATime.unlock();
        }
    }
}
