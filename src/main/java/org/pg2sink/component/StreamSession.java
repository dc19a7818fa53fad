package org.pg2sink.component;

import java.util.Collections;
import java.util.ListIterator;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.pg2sink.changelog.Announcements;
import org.pg2sink.changelog.Catalog;
import org.pg2sink.changelog.Changelog;
import org.pg2sink.imports.Watermarks;
import org.pg2sink.pgoutput.PgOutputDecoder;
import org.pg2sink.replication.AckTracker;
import org.pg2sink.replication.Cancellation;
import org.pg2sink.replication.SubscriptionException;
import org.pg2sink.replication.WalFrame;
import org.pg2sink.replication.WalSource;

/**
 * The life of one connection: decodes what comes, merges imports in, and delivers, until it is to end or something fails. It
 * runs on the stream's thread; other threads only ask how it is doing, and tell it to pause or end.
 */
final class StreamSession {

    static final long POLL_MILLIS = 100;

    private final WalSource source;
    private final AckTracker tracker;
    private final BooleanSupplier stopped;
    private final Runnable progress;
    private final Deliverer deliverer;
    private final Watermarks watermarks;
    private final Changelog changelog;

    private volatile boolean paused;
    private volatile boolean ending;
    private volatile int collected;
    /** Why it has to end, if another thread found out; else null. */
    private volatile SubscriptionException revoked;

    /**
     * @param tracker begins where the slot stands
     * @param stopped whether the route stops
     * @param progress is told when anything was confirmed
     */
    StreamSession(
            Pg2sinkConsumer consumer,
            WalSource source,
            Catalog catalog,
            AckTracker tracker,
            BooleanSupplier stopped,
            Runnable progress) {
        Pg2sinkEndpoint endpoint = consumer.getEndpoint();
        this.source = source;
        this.tracker = tracker;
        this.stopped = stopped;
        this.progress = progress;
        this.deliverer = new Deliverer(consumer, tracker, stopped);
        Announcements announcements = new Announcements();
        this.watermarks = new Watermarks(deliverer, announcements, Cancellation.when(stopped));
        this.changelog = new Changelog(catalog, endpoint.zone(), announcements, watermarks);
    }

    /** Returns when the route stops, the source is exhausted, or somebody {@linkplain #end ended} it; what fails is thrown. */
    void run() throws InterruptedException {
        try (watermarks) {
            deliver();
        } finally {
            collected = 0;
        }
    }

    private void deliver() throws InterruptedException {
        long start = tracker.confirmed();
        PgOutputDecoder decoder = new PgOutputDecoder();
        ListIterator<WalFrame> frames = Collections.emptyListIterator();
        while (!stopped.getAsBoolean()) {
            // what a broken connection has sent cannot be confirmed any more, so it only comes twice
            source.checkAlive();
            if (ending && !changelog.inTransaction()) { // half a transaction would come again from its beginning
                deliverer.drain();
                return;
            }
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
                if (revoked != null) {
                    throw revoked;
                }
                if (source.isExhausted()) {
                    deliverer.drain();
                    return;
                }
                collected = deliverer.collected();
                if (tracker.confirmed() != start) {
                    progress.run();
                }
                frames = source.poll(Math.min(POLL_MILLIS, deliverer.millisToFlush(POLL_MILLIS)))
                        .listIterator();
                continue;
            }
            WalFrame frame = frames.next();
            if (paused && frame instanceof WalFrame.Data data && PgOutputDecoder.isChange(data.message())) {
                frames.previous();
                pauseABit();
            } else if (frame instanceof WalFrame.Data data) {
                deliverer.received(data.message().remaining());
                changelog.apply(decoder.decode(data.message()));
            } else if (frame instanceof WalFrame.Keepalive keepalive && !changelog.inTransaction()) {
                deliverer.committed(keepalive.walEnd());
                if (deliverer.collected() == 0 && tracker.inFlight() == 0) {
                    progress.run();
                }
            }
        }
    }

    private synchronized void pauseABit() throws InterruptedException {
        if (paused && !stopped.getAsBoolean()) {
            wait(POLL_MILLIS);
        }
    }

    /** Delivers no more, but keeps the connection alive. */
    void pause() {
        paused = true;
    }

    synchronized void resume() {
        paused = false;
        notifyAll();
    }

    /** Ends it as soon as all that was sent has arrived; the next begins where it ended. */
    void end() {
        ending = true;
    }

    /** Ends it for a reason that another thread found. */
    void revoke(SubscriptionException reason) {
        revoked = reason;
    }

    /** Waits until the route is done with what it was given, but for what went on asynchronously. */
    void awaitIdle() throws InterruptedException {
        deliverer.awaitIdle();
    }

    /** Where imports may join now; empty if it is paused. */
    Optional<Watermarks> watermarks() {
        return paused ? Optional.empty() : Optional.of(watermarks);
    }

    /** The position that is confirmed, unsigned. */
    long confirmed() {
        return tracker.confirmed();
    }

    int inFlight() {
        return tracker.inFlight();
    }

    /** How many exchanges are unfinished or about to be made, and the chunk of an import that is waited for. */
    int unfinished() {
        return tracker.inFlight() + (collected > 0 ? 1 : 0) + (watermarks.holding() ? 1 : 0);
    }

    /** How far the server said its WAL reaches, unsigned; 0 if it has not. */
    long walEnd() {
        return source.walEnd();
    }
}
