package org.pg2sink.stream;

import java.util.concurrent.CancellationException;
import org.pg2sink.changelog.Acknowledgement;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Modification;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.Cancellation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes batches to the target and notes what became of them. Nothing is taken there any more once a delivery has failed or
 * the stream stops.
 *
 * <p>For one connection. {@link #deliver} is for any thread, all else for the thread that submits.
 */
final class Courier {

    private static final Logger LOG = LoggerFactory.getLogger(Courier.class);

    private final Target target;
    private final AckTracker tracker;
    private final DeliveryFigures figures;
    private final Cancellation stop;

    private Lsn latest = Lsn.ZERO;

    /**
     * @param figures measure what is delivered
     * @param stop ends any waiting; nothing more is delivered then
     */
    Courier(Target target, AckTracker tracker, DeliveryFigures figures, Cancellation stop) {
        this.target = target;
        this.tracker = tracker;
        this.figures = figures;
        this.stop = stop;
    }

    /** Notes the commit of the latest transaction of which anything came. */
    void came(Lsn lsn) {
        latest = lsn;
    }

    /** Registers the next delivery. */
    AckTracker.Delivery submit(Batch batch, long bytes) {
        figures.sent(batch);
        return tracker.submit(
                batch.table().qualifiedName(), batch.get(0).transaction().lsn(), bytes);
    }

    /** Gives a batch to the target. Does not throw. */
    void deliver(Batch batch, Acknowledgement acknowledgement) {
        if (stop.isRequested() || tracker.failure() != null) { // nothing may overtake a failed delivery
            acknowledgement.fail(new CancellationException());
            return;
        }
        try {
            target.deliver(batch, figures.measured(batch, acknowledgement));
        } catch (Throwable e) {
            acknowledgement.fail(e); // an Error too must not leave the stream waiting
        }
        if (Thread.interrupted()) { // only a request to stop ends the stream
            LOG.debug("A step of the route was interrupted, or left its interrupt behind");
        }
    }

    /** Does the same, and waits until the delivery has ended or the stream stops, also if the route goes on asynchronously. */
    void deliverAndWait(Batch batch, AckTracker.Delivery delivery) {
        delivery.begin();
        deliver(batch, delivery);
        try {
            stop.await(delivery::awaitSettled);
        } catch (CancellationException e) {
            LOG.debug("A delivery of {} is still under way; stopping without it", batch.table());
        }
    }

    /**
     * Waits for a condition.
     *
     * @throws DeliveryException if a delivery has failed
     * @throws CancellationException if the stream stops
     */
    void await(Cancellation.Condition condition) {
        stop.await(millis -> {
            checkFailure();
            return condition.await(millis);
        });
    }

    void awaitFewerThan(int limit) {
        await(millis -> tracker.awaitFewerThan(limit, millis));
    }

    /** Waits until fewer deliveries than {@code limit}, and fewer bytes than {@code maxBytes}, are in flight. */
    void awaitRoom(int limit, long maxBytes) {
        await(millis -> tracker.awaitRoom(limit, maxBytes, millis));
    }

    /** @throws DeliveryException if a delivery failed, also an earlier one that went on asynchronously */
    void checkFailure() {
        Throwable failure = tracker.failure();
        if (failure != null) {
            throw new DeliveryException(failure, latest);
        }
    }

    /** Returns how many bytes a batch keeps in memory. */
    static long bytes(Batch batch) {
        long bytes = 0;
        for (int i = 0; i < batch.size(); i++) {
            bytes += batch.get(i) instanceof Modification change ? change.bytes() : 0;
        }
        return bytes;
    }
}
