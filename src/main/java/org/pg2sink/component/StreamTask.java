package org.pg2sink.component;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.Collections;
import java.util.ListIterator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.pg2sink.changelog.Announcements;
import org.pg2sink.changelog.Changelog;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.component.StreamStatus.State;
import org.pg2sink.imports.ImportJobs;
import org.pg2sink.imports.Watermarks;
import org.pg2sink.pgoutput.PgOutputDecoder;
import org.pg2sink.pgoutput.PgOutputException;
import org.pg2sink.replication.AckTracker;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.DatabaseCatalog;
import org.pg2sink.replication.Publication;
import org.pg2sink.replication.ReplicationSlot;
import org.pg2sink.replication.ReplicationStream;
import org.pg2sink.replication.Subscription;
import org.pg2sink.replication.SubscriptionException;
import org.pg2sink.replication.SubscriptionException.Remedy;
import org.pg2sink.replication.WalFrame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams from the slot to the route until it is stopped, and begins again from the confirmed position whenever the
 * connection or a delivery fails. It runs on one thread, which decodes and delivers; other threads only ask how it is
 * doing, and tell it to pause or stop.
 */
final class StreamTask implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(StreamTask.class);

    private static final long POLL_MILLIS = 100;
    private static final long STANDBY_MILLIS = 1_000;

    private final Pg2sinkConsumer consumer;
    private final Database database;
    private final Subscription subscription;
    private final Publication publication;
    private final ReplicationSlot slot;
    private final ZoneId zone;
    private final boolean confirm;
    private final Executor readers;

    private final Backoff backoff = new Backoff();
    private long delayMillis;
    private boolean recovering;
    /** What the confirmed position has to pass before a failed delivery is over, unsigned; 0 if none failed. */
    private long failedLsn;

    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile boolean paused;
    private volatile StreamStatus status = StreamStatus.of(State.CONNECTING);
    private volatile long failures;
    /** The connection that is open, or was last; null before the first. */
    private volatile ReplicationStream live;

    /** Of that connection. */
    private volatile AckTracker tracker;

    /** Where imports join the stream; null while it does not deliver. */
    private volatile Watermarks watermarks;

    private volatile int collected;
    /** Why the stream has to end, if another thread found out; else null. */
    private volatile SubscriptionException revoked;

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
        this.zone = consumer.getEndpoint().zone();
        this.confirm = consumer.getEndpoint().getConfiguration().isConfirm();
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

    private void stream() throws SQLException {
        awaitImport();
        long start;
        try (Connection connection = database.connect()) {
            OptionalLong position = slot.position(connection, confirmed());
            publication.reconcile(connection, position.isPresent());
            start = position.isPresent() ? position.getAsLong() : createSlot(connection);
        }
        tracker = new AckTracker(start);
        LongSupplier confirmed = confirm ? tracker::confirmed : () -> 0;
        try (DatabaseCatalog catalog = new DatabaseCatalog(database);
                ReplicationStream stream =
                        ReplicationStream.open(database, subscription.name(), start, confirmed, readers)) {
            live = stream;
            if (!recovering) {
                streaming(start);
            }
            try {
                deliver(stream, catalog, start);
            } catch (Throwable e) { // said at once, not only when the exchanges that are still under way have ended
                failed(e);
            }
            awaitInFlight();
        } finally {
            collected = 0;
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

    private void deliver(ReplicationStream stream, DatabaseCatalog catalog, long start) throws InterruptedException {
        Deliverer deliverer = new Deliverer(consumer, tracker, this::stopped);
        Announcements announcements = new Announcements();
        try (Watermarks merged = new Watermarks(
                deliverer,
                announcements,
                this::stopped,
                consumer.getEndpoint().getComponent().safeguards())) {
            watermarks = merged;
            deliver(stream, deliverer, new Changelog(catalog, zone, announcements, merged), start);
        } finally {
            watermarks = null;
        }
    }

    private void deliver(ReplicationStream stream, Deliverer deliverer, Changelog changelog, long start)
            throws InterruptedException {
        PgOutputDecoder decoder = new PgOutputDecoder();
        ListIterator<WalFrame> frames = Collections.emptyListIterator();
        while (!stopped()) {
            stream.checkAlive(); // what a broken connection has sent cannot be confirmed any more, so it only comes
            // twice
            if (paused) {
                watermarks.interrupt();
                deliverer.flush();
                deliverer.checkFailure();
                collected = 0;
            }
            if (!frames.hasNext()) {
                if (deliverer.millisToFlush(POLL_MILLIS) == 0) {
                    deliverer.flush();
                }
                deliverer.checkFailure();
                checkRevoked();
                collected = deliverer.collected();
                if (tracker.confirmed() != start) {
                    progressed();
                }
                frames = stream.poll(Math.min(POLL_MILLIS, deliverer.millisToFlush(POLL_MILLIS)))
                        .listIterator();
                continue;
            }
            WalFrame frame = frames.next();
            if (paused && frame instanceof WalFrame.Data data && PgOutputDecoder.isChange(data.message())) {
                frames.previous();
                stop.await(POLL_MILLIS, TimeUnit.MILLISECONDS);
            } else if (frame instanceof WalFrame.Data data) {
                deliverer.received(data.message().remaining());
                changelog.apply(decoder.decode(data.message()));
            } else if (frame instanceof WalFrame.Keepalive keepalive && !changelog.inTransaction()) {
                deliverer.committed(keepalive.walEnd());
                if (deliverer.collected() == 0 && tracker.inFlight() == 0) {
                    progressed();
                }
            }
        }
    }

    private void checkRevoked() {
        SubscriptionException reason = revoked;
        if (reason != null) {
            throw reason;
        }
    }

    private void streaming(long from) {
        status = StreamStatus.of(State.STREAMING);
        LOG.info("Subscription {}: streaming from {} at {}", subscription.name(), Transaction.lsnText(from), database);
    }

    /** Only now is a failure over: until what failed has passed, it may fail again. */
    private void progressed() {
        if (failedLsn != 0 && Long.compareUnsigned(tracker.confirmed(), failedLsn) <= 0) {
            return;
        }
        failedLsn = 0;
        backoff.reset();
        if (recovering) {
            recovering = false;
            streaming(tracker.confirmed());
        }
    }

    /**
     * Exchanges that are still under way when the stream ends must not meet the same changes delivered again, so these
     * wait for them.
     */
    private void awaitInFlight() {
        while (!stopped() && tracker.inFlight() > 0) {
            sleep(POLL_MILLIS);
        }
    }

    /** Nor must they overtake a chunk of an import that joined the stream before it was stopped. */
    private void awaitImport() {
        while (!stopped() && consumer.getEndpoint().getComponent().isImporting(subscription.name())) {
            sleep(POLL_MILLIS);
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
            boolean hasWorked = tracker != null;
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
        revoked = reason;
    }

    /** Delivers no more, but keeps the connection alive. */
    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
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

    /** The position that is confirmed, unsigned; 0 before the first connection. */
    long confirmed() {
        AckTracker current = tracker;
        return current == null ? 0 : current.confirmed();
    }

    /** How many bytes of WAL the server has that are not confirmed. */
    long lagBytes() {
        ReplicationStream current = live;
        return current == null ? 0 : Math.max(0, current.walEnd() - confirmed());
    }

    /** Where imports may join the stream now; empty if it does not stream, or is paused. */
    Optional<Watermarks> watermarks() {
        return paused || status.state() != State.STREAMING ? Optional.empty() : Optional.ofNullable(watermarks);
    }

    /** How many exchanges are unfinished or about to be made. */
    int unfinished() {
        AckTracker current = tracker;
        return (current == null ? 0 : current.inFlight()) + (collected > 0 ? 1 : 0);
    }
}
