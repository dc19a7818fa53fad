package org.pg2sink.stream;

import java.util.ArrayDeque;
import java.util.Deque;
import org.pg2sink.changelog.Acknowledgement;
import org.pg2sink.pgoutput.Lsn;

/**
 * Tracks which position of the WAL may be confirmed: the end of the last commit before which every delivery has
 * completed.
 *
 * <ul>
 *   <li>Deliveries may complete in any order and on any thread; only the prefix without a gap counts.
 *   <li>The position never goes back, and after a failure it never passes the failed delivery.
 *   <li>A tracker lives as long as one connection, so what completes late belongs to a tracker that nobody asks any more.
 * </ul>
 *
 * Safe for any thread; its lock is held for a few instructions only.
 */
public final class AckTracker {

    private final Deque<Delivery> pending = new ArrayDeque<>();
    private int inFlight;
    private Lsn confirmed;
    private Throwable failure;

    /** @param confirmed the position of the slot, which is confirmed before anything is delivered */
    public AckTracker(Lsn confirmed) {
        this.confirmed = confirmed;
    }

    private final class Delivery implements Acknowledgement {
        private boolean settled;
        private boolean completed;
        /** End of the commit that follows this delivery, with no other delivery in between; zero if there is none. */
        private Lsn commit = Lsn.ZERO;

        @Override
        public void complete() {
            settle(this, null);
        }

        @Override
        public void fail(Throwable cause) {
            settle(this, cause);
        }
    }

    /** Registers the next delivery. If it fails, the tracker confirms nothing from there on. */
    public synchronized Acknowledgement submit() {
        Delivery delivery = new Delivery();
        pending.add(delivery);
        inFlight++;
        return delivery;
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

    private synchronized void settle(Delivery delivery, Throwable cause) {
        if (delivery.settled) {
            return;
        }
        delivery.settled = true;
        delivery.completed = cause == null;
        inFlight--;
        if (cause != null && failure == null) {
            failure = cause;
        }
        while (!pending.isEmpty() && pending.peekFirst().completed) {
            confirm(pending.removeFirst().commit);
        }
        notifyAll();
    }

    private void confirm(Lsn lsn) {
        confirmed = lsn.max(confirmed);
    }

    /** Returns the position to report as flushed. */
    public synchronized Lsn confirmed() {
        return confirmed;
    }

    /** Returns the number of deliveries that are not settled. */
    public synchronized int inFlight() {
        return inFlight;
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
}
