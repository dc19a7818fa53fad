package org.pg2sink.replication;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells waiting threads that what they wait for is no longer wanted. A request cannot be taken back.
 *
 * <p>An interrupt does not end a wait. The threads that wait here also run steps of the user's route, and a step may leave
 * an interrupt behind that was meant for itself; ending the stream because of it would deliver changes twice. The interrupt
 * is cleared, because otherwise every later wait of the thread would fail at once.
 *
 * <p>Safe for any thread.
 */
public final class Cancellation {

    private static final Logger LOG = LoggerFactory.getLogger(Cancellation.class);

    private static final long STEP_MILLIS = 100;

    private final CountDownLatch requested = new CountDownLatch(1);
    private final BooleanSupplier requestedElsewhere;

    /** A condition that a thread can wait for in steps. */
    @FunctionalInterface
    public interface Condition {

        /** Waits at most {@code millis} and returns whether the condition holds. */
        boolean await(long millis) throws InterruptedException;
    }

    public Cancellation() {
        this(() -> false);
    }

    private Cancellation(BooleanSupplier requestedElsewhere) {
        this.requestedElsewhere = requestedElsewhere;
    }

    /** Returns a cancellation that is also requested while {@code requested} says so. */
    public static Cancellation when(BooleanSupplier requested) {
        return new Cancellation(requested);
    }

    /** Ends all waits, now and later. */
    public void request() {
        requested.countDown();
    }

    /** Returns whether waits end. */
    public boolean isRequested() {
        return requested.getCount() == 0 || requestedElsewhere.getAsBoolean();
    }

    /**
     * Waits until the condition holds, and looks for a request every 100 ms.
     *
     * @throws CancellationException if cancellation was requested first
     */
    public void await(Condition condition) {
        boolean holds = false;
        while (!holds) {
            if (isRequested()) {
                throw new CancellationException();
            }
            try {
                holds = condition.await(STEP_MILLIS);
            } catch (InterruptedException e) {
                LOG.debug("Interrupted while waiting; only a request ends the wait", e);
            }
        }
    }

    /** Waits for {@code millis}, or until cancellation is requested. */
    public void sleep(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long left = millis;
        while (left > 0 && !isRequested()) {
            try {
                requested.await(Math.min(left, STEP_MILLIS), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                LOG.debug("Interrupted while sleeping; only a request ends the sleep", e);
            }
            left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        }
    }
}
