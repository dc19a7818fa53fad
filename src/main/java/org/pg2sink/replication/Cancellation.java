package org.pg2sink.replication;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks work to end. It is requested once, by any thread, and noticed by whoever waits here.
 *
 * <p>An interrupt does not end the work: a step of a route may interrupt its thread, or leave its own interrupt behind, and
 * a stream that ended by that would never start again.
 */
public final class Cancellation {

    private static final Logger LOG = LoggerFactory.getLogger(Cancellation.class);

    private static final long STEP_MILLIS = 100;

    private final CountDownLatch requested = new CountDownLatch(1);

    /** A condition to wait for. */
    public interface Condition {

        /** Waits, but not much longer than {@code millis}, and returns whether the condition holds. */
        boolean await(long millis) throws InterruptedException;
    }

    public void request() {
        requested.countDown();
    }

    public boolean isRequested() {
        return requested.getCount() == 0;
    }

    /**
     * Waits until a condition holds.
     *
     * @throws CancellationException if cancellation is requested meanwhile, or was before
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
                LOG.debug("Interrupted while waiting", e);
            }
        }
    }

    /** Sleeps, but not longer than until cancellation is requested. */
    public void sleep(long millis) {
        try {
            requested.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            LOG.debug("Interrupted while sleeping", e);
        }
    }
}
