package org.pg2sink.stream;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.pg2sink.changelog.Acknowledgement;
import org.pg2sink.changelog.TableName;
import org.pg2sink.imports.Awaited;
import org.pg2sink.pgoutput.Lsn;

/**
 * Tracks which position of the WAL may be confirmed: the end of the last commit before which every delivery has
 * completed.
 *
 * <ul>
 *   <li>Deliveries may complete in any order and on any thread; only the prefix without a gap counts.
 *   <li>The position never goes back, and after a failure it never passes the failed delivery.
 *   <li>A sink may hold a delivery: it is no longer in flight then, but completes only when the sink releases it.
 *   <li>A tracker lives as long as one connection, so what completes late belongs to a tracker that nobody asks any more.
 * </ul>
 *
 * Safe for any thread; its lock is held for a few instructions only.
 */
public final class AckTracker {

    /** Number of completed deliveries behind an unfinished one that are kept apart. More of them are put together. */
    private static final int MAX_COMPLETED_APART = 64;

    private final Deque<Delivery> pending = new ArrayDeque<>();
    /** Number of those in {@link #pending} that have completed. */
    private int completed;

    private int inFlight;
    private long inFlightBytes;
    private Instant settled = Instant.EPOCH;
    private Lsn confirmed;
    private Throwable failure;
    private boolean ended;

    /** @param confirmed the position of the slot, which is confirmed before anything is delivered */
    public AckTracker(Lsn confirmed) {
        this.confirmed = confirmed;
    }

    /** A delivery that was registered. */
    final class Delivery implements Acknowledgement {
        private final TableName table;
        private final Lsn lsn;
        private final long bytes;
        private final Instant submitted = Instant.now();
        /** Time at which the target got it, if the sender tells; else null. */
        private Instant begun;

        private boolean settled;
        private boolean held;
        private boolean completed;
        /** End of the commit that follows this delivery, with no other delivery in between; zero if there is none. */
        private Lsn commit = Lsn.ZERO;

        private Delivery(TableName table, Lsn lsn, long bytes) {
            this.table = table;
            this.lsn = lsn;
            this.bytes = bytes;
        }

        /** Tells that the target gets it now: others that end meanwhile do not make it younger. */
        void begin() {
            AckTracker.this.begin(this);
        }

        /** Waits at most {@code millis}, more than 0, and returns whether it is settled. */
        boolean awaitSettled(long millis) throws InterruptedException {
            return AckTracker.this.awaitSettled(this, millis);
        }

        @Override
        public void complete() {
            AckTracker.this.complete(this);
        }

        @Override
        public void fail(Throwable cause) {
            AckTracker.this.fail(this, cause);
        }

        @Override
        public boolean hold() {
            return AckTracker.this.hold(this);
        }

        @Override
        public void release() {
            AckTracker.this.release(this);
        }

        @Override
        public boolean isOver() {
            return AckTracker.this.isOver();
        }
    }

    /**
     * Registers the next delivery. If it fails, the tracker confirms nothing from there on.
     *
     * @param table the table of what is delivered
     * @param lsn the commit of its first entry
     * @param bytes how much memory it takes; 0 if nobody asks
     */
    synchronized Delivery submit(TableName table, Lsn lsn, long bytes) {
        Delivery delivery = new Delivery(table, lsn, bytes);
        pending.add(delivery);
        inFlight++;
        inFlightBytes += bytes;
        return delivery;
    }

    private synchronized void begin(Delivery delivery) {
        delivery.begun = Instant.now();
    }

    private synchronized boolean awaitSettled(Delivery delivery, long millis) throws InterruptedException {
        if (!delivery.settled) {
            wait(millis);
        }
        return delivery.settled;
    }

    /** Tells that all deliveries so far belong to transactions that end at or before {@code lsn}. */
    public synchronized void commit(Lsn lsn) {
        Delivery last = pending.peekLast();
        if (last == null) {
            confirm(lsn);
        } else {
            last.commit = lsn;
        }
    }

    private synchronized void complete(Delivery delivery) {
        if (settle(delivery) && !delivery.held) {
            completed(delivery);
        }
    }

    private synchronized void fail(Delivery delivery, Throwable cause) {
        if (settle(delivery) || delivery.held) {
            delivery.held = false;
            failure = failure == null ? cause : failure;
        }
    }

    private synchronized boolean hold(Delivery delivery) {
        if (!delivery.settled && !isOver()) {
            delivery.held = true;
        }
        return delivery.held;
    }

    private synchronized void release(Delivery delivery) {
        if (delivery.held) {
            delivery.held = false;
            if (delivery.settled) {
                completed(delivery);
            }
        }
    }

    /** Returns whether the delivery was in flight until now. */
    private boolean settle(Delivery delivery) {
        if (delivery.settled) {
            return false;
        }
        delivery.settled = true;
        settled = Instant.now();
        inFlight--;
        inFlightBytes -= delivery.bytes;
        notifyAll();
        return true;
    }

    private void completed(Delivery delivery) {
        delivery.completed = true;
        completed++;
        while (!pending.isEmpty() && pending.peekFirst().completed) {
            confirm(pending.removeFirst().commit);
            completed--;
        }
        if (completed > Math.max(MAX_COMPLETED_APART, pending.size() / 2)) {
            putTogether();
        }
    }

    /** Keeps of the completed deliveries only their commits, with what precedes them: many may complete behind an unfinished one. */
    private void putTogether() {
        List<Delivery> all = new ArrayList<>(pending);
        pending.clear();
        for (Delivery delivery : all) {
            Delivery before = pending.peekLast(); // the first one is unfinished
            if (delivery.completed) {
                before.commit = before.commit.max(delivery.commit);
            } else {
                pending.add(delivery);
            }
        }
        completed = 0;
    }

    private void confirm(Lsn lsn) {
        confirmed = lsn.max(confirmed);
    }

    /** Returns the position to report as flushed. */
    public synchronized Lsn confirmed() {
        return confirmed;
    }

    /**
     * Returns the oldest delivery that is not settled, and since when the target has it, or when none has been settled;
     * empty if there is none.
     */
    public synchronized Optional<Awaited> awaited() {
        for (Delivery delivery : pending) {
            if (!delivery.settled) {
                Instant quiet = delivery.submitted.isAfter(settled) ? delivery.submitted : settled;
                Instant since = delivery.begun != null ? delivery.begun : quiet;
                return Optional.of(new Awaited(delivery.table, delivery.lsn, since, false));
            }
        }
        return Optional.empty();
    }

    /** Returns the number of deliveries that take memory. */
    synchronized int kept() {
        return pending.size();
    }

    /** Returns the number of deliveries that are not settled. */
    public synchronized int inFlight() {
        return inFlight;
    }

    /** Says that the stream has ended. What is held from now on will be delivered again. */
    public synchronized void end() {
        ended = true;
    }

    private synchronized boolean isOver() {
        return ended || failure != null;
    }

    /** Returns the cause of the first failed delivery; null while none has failed. */
    public synchronized Throwable failure() {
        return failure;
    }

    /**
     * Waits until fewer than {@code limit} deliveries are in flight, something failed, or the time is over.
     *
     * @param millis how long to wait at most, more than 0
     * @return whether fewer than {@code limit} are in flight
     */
    public synchronized boolean awaitFewerThan(int limit, long millis) throws InterruptedException {
        if (inFlight >= limit && failure == null) {
            wait(millis);
        }
        return inFlight < limit;
    }

    /**
     * Waits until fewer than {@code limit} deliveries and fewer than {@code maxBytes} bytes are in flight, something failed,
     * or the time is over.
     *
     * @param millis how long to wait at most, more than 0
     * @return whether there is room
     */
    synchronized boolean awaitRoom(int limit, long maxBytes, long millis) throws InterruptedException {
        if (!hasRoom(limit, maxBytes) && failure == null) {
            wait(millis);
        }
        return hasRoom(limit, maxBytes);
    }

    private boolean hasRoom(int limit, long maxBytes) {
        return inFlight < limit && inFlightBytes < maxBytes;
    }
}
