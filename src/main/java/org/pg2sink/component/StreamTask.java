package org.pg2sink.component;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.Collections;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.pg2sink.changelog.Changelog;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.component.StreamStatus.State;
import org.pg2sink.pgoutput.PgOutputDecoder;
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
    private boolean recovering;
    /** What the confirmed position has to pass before a failed delivery is over, unsigned; 0 if none failed. */
    private long failedLsn;

    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile boolean paused;
    private volatile StreamStatus status = StreamStatus.of(State.CONNECTING);
    private volatile long failures;
    private volatile long walEnd;
    /** Of the connection that is open, or was last; null before the first. */
    private volatile AckTracker tracker;

    private volatile int collected;

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
            try {
                stream();
            } catch (CancellationException e) {
                LOG.debug("Stopped while waiting", e);
            } catch (SubscriptionException e) {
                failed(e, e.remedy());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (Exception e) {
                failed(e, Remedy.RETRY);
            } catch (Error e) {
                failed(e, Remedy.STOP);
                throw e;
            }
        }
    }

    private void stream() throws SQLException, InterruptedException {
        long start;
        try (Connection connection = database.connect()) {
            OptionalLong position = slot.position(connection, confirmed());
            publication.reconcile(connection);
            start = position.isPresent() ? position.getAsLong() : slot.create(connection);
        }
        tracker = new AckTracker(start);
        LongSupplier confirmed = confirm ? tracker::confirmed : () -> 0;
        try (DatabaseCatalog catalog = new DatabaseCatalog(database);
                ReplicationStream stream =
                        ReplicationStream.open(database, subscription.name(), start, confirmed, readers)) {
            if (!recovering) {
                streaming(start);
            }
            try {
                deliver(stream, catalog, start);
            } finally {
                awaitInFlight();
            }
        } finally {
            collected = 0;
        }
    }

    private void deliver(ReplicationStream stream, DatabaseCatalog catalog, long start)
            throws SQLException, InterruptedException {
        Deliverer deliverer = new Deliverer(consumer, tracker, this::stopped);
        Changelog changelog = new Changelog(catalog, zone, deliverer);
        PgOutputDecoder decoder = new PgOutputDecoder();
        Iterator<WalFrame> frames = Collections.emptyIterator();
        while (!stopped()) {
            if (paused) {
                deliverer.flush();
                collected = 0;
                stop.await(POLL_MILLIS, TimeUnit.MILLISECONDS);
            } else if (frames.hasNext()) {
                WalFrame frame = frames.next();
                if (frame instanceof WalFrame.Data data) {
                    deliverer.received(data.message().remaining());
                    changelog.apply(decoder.decode(data.message()));
                } else if (frame instanceof WalFrame.Keepalive keepalive && !changelog.inTransaction()) {
                    deliverer.committed(keepalive.walEnd());
                    if (deliverer.collected() == 0 && tracker.inFlight() == 0) {
                        progressed();
                    }
                }
            } else {
                if (deliverer.millisToFlush(POLL_MILLIS) == 0) {
                    deliverer.flush();
                }
                deliverer.checkFailure();
                collected = deliverer.collected();
                if (tracker.confirmed() != start) {
                    progressed();
                }
                frames = stream.poll(deliverer.millisToFlush(POLL_MILLIS)).iterator();
                walEnd = stream.walEnd();
            }
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
    private void awaitInFlight() throws InterruptedException {
        while (!stopped() && tracker.inFlight() > 0) {
            stop.await(POLL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void failed(Throwable e, Remedy remedy) {
        if (stopped()) {
            return;
        }
        String problem =
                e instanceof SubscriptionException || e instanceof DeliveryException ? e.getMessage() : e.toString();
        if (e instanceof DeliveryException delivery) {
            failedLsn = delivery.lsn();
        } else {
            consumer.report(problem, e);
        }
        boolean isNew = !problem.equals(status.problem());
        switch (remedy) {
            case WAIT -> {
                status = StreamStatus.of(State.STANDBY, problem);
                if (isNew) {
                    LOG.info("Subscription {}: {}", subscription.name(), problem);
                }
                sleep(STANDBY_MILLIS);
            }
            case STOP -> {
                failures++;
                status = StreamStatus.of(State.STOPPED, problem);
                LOG.error(
                        "Subscription {}: {} Streaming has stopped until the route is started again.",
                        subscription.name(),
                        problem);
                stop.countDown();
            }
            case RETRY -> {
                failures++;
                recovering = true;
                status = StreamStatus.of(State.RETRYING, problem);
                long millis = backoff.nextMillis();
                if (isNew) {
                    LOG.warn(
                            "Subscription {}: {} Trying again, in {} ms at first.",
                            subscription.name(),
                            problem,
                            millis);
                }
                LOG.debug("Subscription {}: trying again in {} ms", subscription.name(), millis, e);
                sleep(millis);
            }
        }
    }

    private void sleep(long millis) {
        try {
            stop.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop.countDown();
        }
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
        return confirmed() == 0 ? 0 : Math.max(0, walEnd - confirmed());
    }

    /** How many exchanges are unfinished or about to be made. */
    int unfinished() {
        AckTracker current = tracker;
        return (current == null ? 0 : current.inFlight()) + (collected > 0 ? 1 : 0);
    }
}
