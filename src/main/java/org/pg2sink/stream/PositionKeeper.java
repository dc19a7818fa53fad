package org.pg2sink.stream;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.pg2sink.imports.ImportJobs;
import org.pg2sink.imports.KeptPosition;
import org.pg2sink.imports.OwnSchema;
import org.pg2sink.imports.PositionTable;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.ServerHistory;
import org.pg2sink.replication.Subscription;
import org.pg2sink.replication.SubscriptionException;
import org.pg2sink.stream.Continuity.Gap;
import org.pg2sink.stream.Continuity.Memory;
import org.pg2sink.stream.Continuity.Server;
import org.pg2sink.stream.Continuity.WentBack;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers how far the stream came, in the process and in the database, and notices by that when a server went back or
 * somebody moved the slot. Then it says so, and has all tables imported again.
 *
 * <ul>
 *   <li>A session confirms nothing beyond what its row permits, so the slot is beyond it only if somebody else moved it, even
 *       if the process was killed. The row is written some bytes ahead, before they are used up: every ten seconds on a busy
 *       server, and never on an idle one. A session that ends in order leaves its exact position. Only for a server that
 *       stops, and for one that has not let the row be written for a minute, more is confirmed, which the process remembers.
 *   <li>Without the right to write there, or with imports off and no such table, only the process remembers.
 * </ul>
 *
 * For the stream's thread, except {@link #permit} and {@link #extend}, which are for any thread.
 */
final class PositionKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(PositionKeeper.class);

    /** Slack for the WAL that the row itself takes, so that writing it does not make it due again. */
    private static final long MIN_SLACK_BYTES = 32 << 10;

    private static final long MAX_SLACK_BYTES = 64 << 20;
    private static final long SLACK_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** Limits how long a session confirms no more because the row cannot be written. */
    private static final long MAX_HOLD_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final Lsn UNLIMITED = new Lsn(-1);

    private final Database database;
    private final Subscription subscription;
    private final Imports imports;
    private final PositionTable table;

    // owned by the stream's thread
    /** Null before the first session. */
    private Memory memory;
    /** What the server told last, and the row that was read with it; both null before the first look, the row if there is none. */
    private ServerHistory history;

    private KeptPosition kept;
    private int restarts;
    /** The number of the latest session in the row; zero before the first. */
    private long session;

    // owned by the thread that extends
    /** When writing the row began to fail; zero if it works. */
    private long failingSinceNanos;

    /** What the session that runs may confirm; null if nothing limits it. */
    private final AtomicReference<Bound> bound = new AtomicReference<>();

    /**
     * @param confirmed what was confirmed when the row was written
     * @param permitted how far the session may confirm
     * @param writtenNanos when the row was written
     * @param last whether the session has ended, so that this is never extended
     */
    private record Bound(long session, long revision, Lsn confirmed, Lsn permitted, long writtenNanos, boolean last) {

        private long slackBytes() {
            return permitted.bytesSince(confirmed);
        }

        /**
         * Returns whether little is left, or more than an idle server needs is permitted for longer than planned, or all is.
         */
        boolean isDue(Lsn reached, long nowNanos) {
            if (permitted.equals(UNLIMITED)) {
                return !last;
            }
            boolean nearlyUsedUp = permitted.bytesSince(reached) < MIN_SLACK_BYTES / 2;
            boolean generous = slackBytes() > MIN_SLACK_BYTES && nowNanos - writtenNanos > SLACK_NANOS;
            return !last && (nearlyUsedUp || generous);
        }

        /** Returns a bound that permits everything; only the process remembers then how far the session came. */
        Bound lifted(long nowNanos) {
            return new Bound(session, revision, confirmed, UNLIMITED, nowNanos, last);
        }

        Bound next(Lsn reached, long nowNanos) {
            Lsn further = new Lsn(reached.value() + nextSlackBytes(reached, nowNanos));
            return new Bound(session, revision + 1, reached, further, nowNanos, false);
        }

        /** Returns the bytes that are likely to pass until the next time, by those since this one. */
        private long nextSlackBytes(Lsn reached, long nowNanos) {
            double bytesPerNano = (double) reached.bytesSince(confirmed) / Math.max(1, nowNanos - writtenNanos);
            return Math.max(MIN_SLACK_BYTES, Math.min(MAX_SLACK_BYTES, (long) (bytesPerNano * 2 * SLACK_NANOS)));
        }
    }

    PositionKeeper(Database database, Subscription subscription, Imports imports) {
        this.database = database;
        this.subscription = subscription;
        this.imports = imports;
        this.table = new PositionTable(subscription.name());
    }

    /**
     * Compares the server with what is known of it.
     *
     * @param connection an ordinary connection in autocommit mode
     * @param slot the confirmed position of the slot; empty if there is no slot
     */
    void check(Connection connection, Optional<Lsn> slot, Lsn walEnd) throws SQLException {
        prepareTable(connection);
        history = ServerHistory.of(connection, database, history);
        kept = table.read(connection).orElse(null);
        restarts = Math.max(restarts, kept == null ? 0 : kept.restarts());
        Continuity continuity = Continuity.of(new Server(history, slot, walEnd), memory, kept);
        if (continuity instanceof WentBack back) {
            restarts += back.named() ? 0 : 1;
            if (kept != null && !history.isSameDatabase(kept.system(), kept.database())) {
                new ImportJobs(subscription).relocate(connection);
            }
            LOG.warn(
                    "Subscription {}: the server at {} went back: {}. {}; changes from now on are of timeline {}. {}",
                    subscription.name(),
                    database,
                    back.reason(),
                    slot.map(position -> "The replication slot " + subscription.name() + " stands at " + position)
                            .orElse("There is no replication slot " + subscription.name()),
                    timelines().apply(walEnd),
                    importAgain(connection));
            beginAfresh(slot.orElse(walEnd));
        } else if (continuity instanceof Gap gap) {
            LOG.warn(
                    "Subscription {}: the replication slot {} stands at {}, but pg2sink confirmed changes up to {} only:"
                            + " somebody moved the slot or created it again, and what was written in between is not"
                            + " delivered. {}",
                    subscription.name(),
                    subscription.name(),
                    gap.to(),
                    gap.from(),
                    importAgain(connection));
            beginAfresh(gap.to());
        }
    }

    /** Forgets what was before, because it was said, or because the slot is new. */
    void beginAfresh(Lsn slot) {
        long row = kept == null ? 0 : kept.session();
        memory = new Memory(history, slot, Lsn.ZERO, row, kept == null ? 0 : kept.revision(), false);
    }

    private void prepareTable(Connection connection) throws SQLException {
        if (imports.areOn()) {
            try {
                OwnSchema.prepare(connection);
            } catch (SubscriptionException e) {
                LOG.debug("Subscription {}: only the process remembers the position", subscription.name(), e);
            }
        }
    }

    /** Has all tables imported again because of what {@code reason} says, and logs it if it concerns anything. */
    void importAgain(Connection connection, String reason) throws SQLException {
        if (expireImports(connection) > 0 || !imports.areOn()) {
            LOG.info("Subscription {}: {}. {}", subscription.name(), reason, consequence());
        }
    }

    private String importAgain(Connection connection) throws SQLException {
        expireImports(connection);
        return consequence();
    }

    private int expireImports(Connection connection) throws SQLException {
        try {
            return new ImportJobs(subscription).expireAll(connection);
        } catch (SQLException e) {
            if (imports.areOn()) {
                throw SubscriptionException.of(e, "starting the imports over", database);
            }
            LOG.debug("Subscription {}: could not end the import jobs of earlier runs", subscription.name(), e);
            return 0;
        }
    }

    private String consequence() {
        return imports.areOn()
                ? "All tables are imported again."
                : "Nothing is imported, because imports are off: to import all tables, start pg2sink with"
                        + " pg2sink.imports=true, or a route with pg2sink:" + subscription.name()
                        + "?operation=import.";
    }

    /** Returns how the changes of the server that was looked at name their timelines, by position. */
    Function<Lsn, String> timelines() {
        return history.names(restarts);
    }

    /** Begins a session at the position of the slot, which is the session's by now. */
    void begin(Connection connection, Lsn position) {
        bound.set(null);
        try {
            if (table.isUsable(connection)) {
                Lsn permitted = new Lsn(position.value() + MIN_SLACK_BYTES);
                session = table.begin(connection, history, restarts, position, permitted, session + 1);
                bound.set(new Bound(session, 0, position, permitted, System.nanoTime(), false));
            }
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "keeping the position", database);
        }
    }

    /** Returns how far the session may confirm, of what it has delivered. */
    Lsn permit(Lsn delivered) {
        Bound current = bound.get();
        return current == null || !delivered.isAfter(current.permitted) ? delivered : current.permitted;
    }

    /** Permits more if that is due; for one thread, at short intervals. */
    void extend(Lsn reached) {
        Bound current = bound.get();
        long now = System.nanoTime();
        if (current == null || !current.isDue(reached, now)) {
            return;
        }
        Bound next = current.next(reached, now);
        try (Connection connection = database.connect()) {
            boolean ours = table.update(connection, next.session, next.confirmed, next.permitted, true);
            bound.compareAndSet(current, ours ? next : null);
            failingSinceNanos = 0;
        } catch (SQLException | SubscriptionException e) {
            LOG.debug("Subscription {}: could not keep the position", subscription.name(), e);
            failingSinceNanos = failingSinceNanos == 0 ? now : failingSinceNanos;
            // a server that stops waits until all is confirmed; and the slot must not stand still for ever
            boolean stops = e instanceof SubscriptionException connecting && connecting.isServerClosed();
            if (stops || now - failingSinceNanos > MAX_HOLD_NANOS) {
                bound.compareAndSet(current, current.lifted(now));
            }
        }
    }

    /**
     * Ends a session, as long as it can still confirm.
     *
     * @param confirmed what is to be confirmed
     * @param delivered the commit of the latest transaction of which anything was delivered; zero if there was none
     * @param inOrder whether the session ended by itself, so that the next one finds its exact position
     */
    void end(Lsn confirmed, Lsn delivered, boolean inOrder) {
        Bound current = bound.get();
        memory = new Memory(
                history,
                confirmed,
                memory == null ? delivered : delivered.max(memory.delivered()),
                current == null ? 0 : current.session,
                current == null ? 0 : current.revision,
                false);
        if (!inOrder || current == null) {
            return;
        }
        try (Connection connection = database.connect()) {
            if (table.update(connection, session, confirmed, confirmed, false)) {
                bound.set(new Bound(session, current.revision + 1, confirmed, confirmed, System.nanoTime(), true));
            }
        } catch (SQLException | SubscriptionException e) {
            LOG.debug("Subscription {}: could not keep the position", subscription.name(), e);
        }
    }

    /** Notes that another client has the slot now, so that it may move it rightfully. */
    void overtaken() {
        memory = memory == null ? null : memory.whenOvertaken();
    }
}
