package org.pg2sink.stream;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.ListIterator;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.pg2sink.changelog.Changelog;
import org.pg2sink.changelog.DatabaseEncoding;
import org.pg2sink.imports.Awaited;
import org.pg2sink.imports.Watermarks;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.pgoutput.PgOutputDecoder;
import org.pg2sink.replication.Cancellation;
import org.pg2sink.replication.SubscriptionException;
import org.pg2sink.replication.WalFrame;
import org.pg2sink.replication.WalSource;

/**
 * Streams over one connection: decodes what comes, merges imports in, and delivers, until it has to end or something fails.
 * Runs on the stream's thread. Other threads only ask how it is doing, and tell it to pause or end.
 */
final class StreamSession {

    private static final long POLL_MILLIS = 100;

    private final WalSource source;
    private final DatabaseEncoding encoding;
    private final AckTracker tracker;
    private final Cancellation stop;
    private final Runnable progress;
    private final Deliverer deliverer;
    private final Watermarks watermarks;
    private final Changelog changelog;

    // written by the stream's thread, read by others
    private volatile int collected;

    /** Time at which the thread last went round its loop, or was told to go on. */
    private volatile long aliveNanos = System.nanoTime();

    // written by other threads, read by the stream's
    /** Counted down when the session may go on; null if it is not paused. */
    private volatile CountDownLatch paused;

    private volatile boolean ending;
    /** Reason why the session has to end, if another thread found one; else null. */
    private volatile SubscriptionException revoked;

    /**
     * @param encoding of the names and rows that the source gives
     * @param tracker begins at the position of the slot
     * @param stop ends the session as soon as possible
     * @param progress runs when anything was confirmed
     */
    StreamSession(
            WalSource source,
            DatabaseEncoding encoding,
            AckTracker tracker,
            Deliverer deliverer,
            Watermarks watermarks,
            Changelog changelog,
            Cancellation stop,
            Runnable progress) {
        this.source = source;
        this.encoding = encoding;
        this.tracker = tracker;
        this.deliverer = deliverer;
        this.watermarks = watermarks;
        this.changelog = changelog;
        this.stop = stop;
        this.progress = progress;
    }

    /** Returns when the stream stops, the source is exhausted, or somebody {@linkplain #end ended} the session. */
    void run() throws InterruptedException {
        try (watermarks) {
            deliver();
        } finally {
            collected = 0;
        }
    }

    private void deliver() throws InterruptedException {
        Lsn start = tracker.confirmed();
        PgOutputDecoder decoder = new PgOutputDecoder(encoding.isRaw() ? encoding.charset() : StandardCharsets.UTF_8);
        ListIterator<WalFrame> frames = Collections.emptyListIterator();
        while (!stop.isRequested()) {
            aliveNanos = System.nanoTime(); // for each frame, since one may have waited for long
            // frames of a broken connection cannot be confirmed any more, so delivering them would only repeat them
            source.checkAlive();
            if (ending && !changelog.inTransaction()) { // half a transaction would come again from its beginning
                deliverer.drain();
                return;
            }
            if (paused != null) {
                watermarks.interrupt();
                deliverer.flush();
                deliverer.checkFailure();
                collected = 0;
            }
            if (!frames.hasNext()) {
                deliverer.checkFailure();
                if (revoked != null) {
                    throw revoked;
                }
                if (source.isExhausted()) {
                    deliverer.drain();
                    return;
                }
                collected = deliverer.collected();
                if (!tracker.confirmed().equals(start)) {
                    progress.run();
                }
                frames = next().listIterator();
                continue;
            }
            WalFrame frame = frames.next();
            if (frame instanceof WalFrame.Data data) {
                if (paused != null && PgOutputDecoder.isChange(data.message())) {
                    frames.previous();
                    pauseABit();
                } else {
                    changelog.apply(decoder.decode(data.message()));
                }
            } else if (frame instanceof WalFrame.Keepalive keepalive && !changelog.inTransaction()) {
                deliverer.committed(keepalive.walEnd());
                if (deliverer.collected() == 0 && tracker.inFlight() == 0) {
                    progress.run();
                }
            }
        }
    }

    /** Takes what has come; if there is nothing, delivers what is due, and waits a while. */
    private List<WalFrame> next() throws InterruptedException {
        List<WalFrame> next = source.poll(0);
        if (!next.isEmpty() && !deliverer.isOverdue()) {
            return next;
        }
        if (deliverer.millisToFlush(POLL_MILLIS) == 0) {
            deliverer.flush();
        }
        if (!next.isEmpty()) {
            return next;
        }
        return source.poll(Math.min(POLL_MILLIS, deliverer.millisToFlush(POLL_MILLIS)));
    }

    /** Waits for a moment only, since a paused session still has to notice a broken connection. */
    private void pauseABit() throws InterruptedException {
        CountDownLatch resumed = paused;
        if (resumed != null) {
            resumed.await(POLL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Delivers nothing more, but keeps the connection alive. */
    void pause() {
        paused = new CountDownLatch(1);
    }

    void resume() {
        CountDownLatch resumed = paused;
        aliveNanos = System.nanoTime(); // before the pause no longer counts
        paused = null;
        if (resumed != null) {
            resumed.countDown();
        }
    }

    /** Ends the session as soon as all that was sent has arrived; the next one begins where this one ended. */
    void end() {
        ending = true;
    }

    /** Ends the session for a reason that another thread found. */
    void revoke(SubscriptionException reason) {
        revoked = reason;
    }

    /** Waits until the target has returned from all deliveries; those that went on asynchronously may be unfinished. */
    void awaitIdle() throws InterruptedException {
        deliverer.awaitIdle();
    }

    /** Returns where imports may join now; empty if the session is paused. */
    Optional<Watermarks> watermarks() {
        return paused == null ? Optional.of(watermarks) : Optional.empty();
    }

    /** Returns the confirmed position. */
    Lsn confirmed() {
        return tracker.confirmed();
    }

    /** Returns the commit of the latest transaction of which anything was delivered; zero if there was none. */
    Lsn delivered() {
        return changelog.delivered();
    }

    int inFlight() {
        return tracker.inFlight();
    }

    /** Counts the deliveries that are unfinished or about to be made, and the chunk that the stream waits for. */
    int unfinished() {
        return tracker.inFlight() + (collected > 0 ? 1 : 0) + (watermarks.held().isPresent() ? 1 : 0);
    }

    /** Returns what has to arrive before anything else can be confirmed; empty if nothing is under way. */
    Optional<Awaited> awaited() {
        return tracker.awaited().or(watermarks::held);
    }

    /** Returns how far the server has sent WAL; zero if that is not known. */
    Lsn received() {
        return source.received();
    }

    /**
     * Returns since when the stream's thread has done nothing although nothing is under way, as {@link System#nanoTime} tells
     * it; the present if it waits for something, or is paused.
     */
    long aliveNanos() {
        return paused != null || awaited().isPresent() ? System.nanoTime() : aliveNanos;
    }

    /** Returns when the thread that reads last went round its loop, as {@link System#nanoTime} tells it. */
    long readerAliveNanos() {
        return source.readerAliveNanos();
    }

    /** Returns the end of the WAL that the server told last; zero if it has told none. */
    Lsn walEnd() {
        return source.walEnd();
    }
}
