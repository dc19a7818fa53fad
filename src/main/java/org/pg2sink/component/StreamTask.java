package org.pg2sink.component;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.component.StreamStatus.State;
import org.pg2sink.imports.ImportJobs;
import org.pg2sink.imports.Watermarks;
import org.pg2sink.pgoutput.PgOutputException;
import org.pg2sink.replication.AckTracker;
import org.pg2sink.replication.BacklogReader;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.DatabaseCatalog;
import org.pg2sink.replication.Publication;
import org.pg2sink.replication.ReplicationSlot;
import org.pg2sink.replication.ReplicationStream;
import org.pg2sink.replication.Subscription;
import org.pg2sink.replication.SubscriptionException;
import org.pg2sink.replication.SubscriptionException.Remedy;
import org.pg2sink.replication.WalSource;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams from the slot to the route until it is stopped, session after session: a new one begins at the confirmed position
 * whenever the connection or a delivery fails, and when it is time to catch up with a backlog, or to stream again after that.
 * It runs on one thread, which decodes and collects; other threads only ask how it is doing, and tell it to pause or stop.
 */
final class StreamTask implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(StreamTask.class);

    private static final long STANDBY_MILLIS = 1_000;
    /** How long it streams when it cannot catch up. */
    private static final long STREAM_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final Pg2sinkConsumer consumer;
    private final Database database;
    private final Subscription subscription;
    private final Publication publication;
    private final ReplicationSlot slot;
    private final Pg2sinkConfiguration options;
    private final Executor readers;

    private final Backoff backoff = new Backoff();
    private long delayMillis;
    private boolean recovering;
    /** What the confirmed position has to pass before a failed delivery is over, unsigned; 0 if none failed. */
    private long failedLsn;
    /** What the session does when it works. */
    private State mode = State.STREAMING;
    /** Until when it streams a backlog, since the server did not let it catch up. */
    private volatile long streamUntilNanos = System.nanoTime();

    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile boolean paused;
    private volatile StreamStatus status = StreamStatus.of(State.CONNECTING);
    private volatile long failures;
    private volatile long catchUps;
    /** The session that runs, or ran last; null before the first. */
    private volatile StreamSession session;
    /** How far the WAL reached when somebody looked last. */
    private volatile long measuredWalEnd;
    /** Whether there was a backlog then. */
    private boolean behind;

    StreamTask(
            Pg2sinkConsumer consumer,
            Database database,
            Subscription subscription,
            Publication publication,
            Executor readers) {
        this.consumer = consumer;
        this.database = database;
        this.subscription = subscription;
        this.publication = publication;
        this.slot = new ReplicationSlot(database, subscription.name());
        this.options = consumer.getEndpoint().getConfiguration();
        this.readers = readers;
    }

    @Override
    public void run() {
        while (!stopped()) {
            delayMillis = 0;
            try {
                stream();
            } catch (Throwable e) { // an Error too must not end the stream without a word
                failed(e);
            }
            sleep(delayMillis);
        }
    }

    private void stream() throws SQLException, InterruptedException {
        awaitImport();
        long start;
        try (Connection connection = database.connect()) {
            OptionalLong position = slot.position(connection, confirmed());
            publication.reconcile(connection, position.isPresent());
            start = position.isPresent() ? position.getAsLong() : createSlot(connection);
            measuredWalEnd = walEnd(connection);
        }
        AckTracker tracker = new AckTracker(start);
        try (DatabaseCatalog catalog = new DatabaseCatalog(database);
                WalSource source = open(start, tracker)) {
            StreamSession current =
                    new StreamSession(consumer, source, catalog, tracker, this::stopped, this::progressed);
            session = current;
            if (paused) {
                current.pause();
            }
            if (!recovering) {
                working(start);
            }
            try {
                current.run();
            } catch (Throwable e) { // said at once, not only when the exchanges that are still under way have ended
                if (mode == State.CATCHING_UP
                        && e instanceof SubscriptionException refused
                        && !refused.isDisconnection()) {
                    streamBacklog(); // a piece may be too large for the server, and would be so again
                }
                failed(e);
            }
            awaitInFlight(current);
        }
    }

    /** What the sinks have is older than the slot, so whatever was imported is to be imported anew. */
    private long createSlot(Connection connection) {
        try {
            new ImportJobs(subscription).expireAll(connection);
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "beginning the imports anew", database);
        }
        return slot.create(connection);
    }

    private WalSource open(long start, AckTracker tracker) {
        if (isBacklog(start)) {
            try {
                WalSource source = BacklogReader.open(
                        database, subscription.name(), options.getCatchUpBytes(), tracker::confirmed, readers);
                mode = State.CATCHING_UP;
                catchUps++;
                return source;
            } catch (SubscriptionException e) {
                if (e.remedy() == Remedy.WAIT || e.isDisconnection()) {
                    throw e;
                }
                streamBacklog();
                LOG.info("Subscription {}: streaming the backlog, since {}", subscription.name(), e.getMessage());
            }
        }
        LongSupplier confirmed = options.isConfirm() ? tracker::confirmed : () -> 0;
        mode = State.STREAMING;
        return ReplicationStream.open(database, subscription.name(), start, confirmed, readers);
    }

    private void streamBacklog() {
        streamUntilNanos = System.nanoTime() + STREAM_NANOS;
    }

    private boolean isBacklog(long position) {
        return options.isCatchUp()
                && options.isConfirm()
                && System.nanoTime() - streamUntilNanos >= 0
                && measuredWalEnd - position > options.getCatchUpBytes();
    }

    /** Looks how far the WAL reaches. A backlog that is there twice in a row is caught up with. */
    void measure(Connection connection) throws SQLException {
        measuredWalEnd = walEnd(connection);
        boolean wasBehind = behind;
        behind = isBacklog(confirmed());
        if (behind && wasBehind && status.state() == State.STREAMING) {
            session.end();
        }
    }

    private static long walEnd(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_current_wal_flush_lsn()")) {
            row.next();
            return LogSequenceNumber.valueOf(row.getString(1)).asLong();
        }
    }

    private void working(long from) {
        status = StreamStatus.of(mode);
        if (mode == State.CATCHING_UP) {
            LOG.info(
                    "Subscription {}: catching up from {} at {}, {} MB behind",
                    subscription.name(),
                    Transaction.lsnText(from),
                    database,
                    (measuredWalEnd - from) >> 20);
        } else {
            LOG.info(
                    "Subscription {}: streaming from {} at {}",
                    subscription.name(),
                    Transaction.lsnText(from),
                    database);
        }
    }

    /** Only now is a failure over: until what failed has passed, it may fail again. */
    private void progressed() {
        if (failedLsn != 0 && Long.compareUnsigned(confirmed(), failedLsn) <= 0) {
            return;
        }
        failedLsn = 0;
        backoff.reset();
        if (recovering) {
            recovering = false;
            working(confirmed());
        }
    }

    /**
     * Exchanges that are still under way when the stream ends must not meet the same changes delivered again, so these
     * wait for them.
     */
    private void awaitInFlight(StreamSession ended) throws InterruptedException {
        while (!stopped() && ended.inFlight() > 0) {
            sleep(StreamSession.POLL_MILLIS);
        }
        ended.awaitIdle(); // also if it is to stop: what is about to complete can be confirmed yet
    }

    /** Nor must they overtake a chunk of an import that joined the stream before it was stopped. */
    private void awaitImport() {
        while (!stopped() && consumer.getEndpoint().getComponent().isImporting(subscription.name())) {
            sleep(StreamSession.POLL_MILLIS);
        }
    }

    private void failed(Throwable e) {
        if (stopped()) {
            return;
        }
        String problem = problem(e);
        boolean isNew = !problem.equals(status.problem());
        switch (remedy(e)) {
            case WAIT -> {
                status = StreamStatus.of(State.STANDBY, problem);
                if (isNew) {
                    LOG.info("Subscription {}: {}", subscription.name(), problem);
                }
                delayMillis = STANDBY_MILLIS;
            }
            case STOP -> {
                failures++;
                status = StreamStatus.of(State.STOPPED, problem);
                LOG.error(
                        "Subscription {}: {} Streaming has stopped until the route is started again.",
                        subscription.name(),
                        problem);
                consumer.report(problem, e);
                stop.countDown();
            }
            case RETRY -> {
                failures++;
                recovering = true;
                status = StreamStatus.of(State.RETRYING, problem);
                delayMillis = backoff.nextMillis();
                if (isNew) {
                    LOG.warn(
                            "Subscription {}: {} Trying again, in {} ms at first.",
                            subscription.name(),
                            problem,
                            delayMillis);
                    if (!(e instanceof DeliveryException)) { // of that the route's error handler knows
                        consumer.report(problem, e);
                    }
                }
                LOG.debug("Subscription {}: trying again in {} ms", subscription.name(), delayMillis, e);
            }
            default -> throw new IllegalStateException("unhandled remedy " + remedy(e));
        }
        if (e instanceof DeliveryException delivery) {
            failedLsn = delivery.lsn();
        }
    }

    private static String problem(Throwable e) {
        if (e instanceof SubscriptionException || e instanceof DeliveryException) {
            return e.getMessage();
        }
        return e instanceof PgOutputException
                ? "The stream cannot be decoded: " + e.getMessage() + "."
                : "Unexpected: " + e + ".";
    }

    private Remedy remedy(Throwable e) {
        if (e instanceof SubscriptionException known) {
            boolean hasWorked = session != null;
            return known.remedy() == Remedy.CONFIGURE ? (hasWorked ? Remedy.RETRY : Remedy.STOP) : known.remedy();
        }
        return e instanceof Error ? Remedy.STOP : Remedy.RETRY;
    }

    private void sleep(long millis) {
        try {
            stop.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            // only stop() ends the stream; a step of the route may have left its own interrupt behind
            LOG.debug("Interrupted while waiting", e);
        }
    }

    /** Ends the stream for a reason that another thread found. */
    void revoke(SubscriptionException reason) {
        session.revoke(reason);
    }

    /** Delivers no more, but keeps the connection alive. */
    void pause() {
        paused = true;
        StreamSession current = session;
        if (current != null) {
            current.pause();
        }
    }

    void resume() {
        paused = false;
        StreamSession current = session;
        if (current != null) {
            current.resume();
        }
    }

    void stop() {
        stop.countDown();
    }

    private boolean stopped() {
        return stop.getCount() == 0;
    }

    StreamStatus status() {
        return status;
    }

    /** How often it failed since it was started. */
    long failures() {
        return failures;
    }

    /** How often it caught up with a backlog since it was started. */
    long catchUps() {
        return catchUps;
    }

    /** The position that is confirmed, unsigned; 0 before the first connection. */
    long confirmed() {
        StreamSession current = session;
        return current == null ? 0 : current.confirmed();
    }

    /** How many bytes of WAL the server has that are not confirmed; it looks every now and then. */
    long lagBytes() {
        StreamSession current = session;
        return current == null ? 0 : Math.max(0, Math.max(current.walEnd(), measuredWalEnd) - current.confirmed());
    }

    /** Where imports may join the stream now; empty if it does not stream, or is paused. */
    Optional<Watermarks> watermarks() {
        StreamSession current = session;
        return current == null || status.state() != State.STREAMING ? Optional.empty() : current.watermarks();
    }

    /** How many exchanges are unfinished or about to be made, and the chunk of an import that the stream waits for. */
    int unfinished() {
        StreamSession current = session;
        return current == null ? 0 : current.unfinished();
    }
}
