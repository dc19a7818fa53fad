package org.pg2sink.stream;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import org.pg2sink.changelog.Acknowledgement;
import org.pg2sink.changelog.Batch;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.Cancellation;

/**
 * Delivers chunks of imports on the lanes of a stream, which has nothing under way meanwhile. For one thread; only {@link
 * #stop} is for any.
 */
public final class ChunkLanes {

    private final Target target;
    private final StreamOptions options;
    private final List<? extends Executor> executors;
    private final Cancellation stop = new Cancellation();

    /** @param executors one for each lane; each runs one task at a time, in order */
    public ChunkLanes(Target target, StreamOptions options, List<? extends Executor> executors) {
        this.target = (batch, delivery) -> target.deliver(batch, new Unheld(delivery));
        this.options = options;
        this.executors = executors;
    }

    /** Settles a delivery that no sink can hold, because the stream waits for the whole chunk. */
    private record Unheld(Acknowledgement delivery) implements Acknowledgement {

        @Override
        public void complete() {
            delivery.complete();
        }

        @Override
        public void fail(Throwable cause) {
            delivery.fail(cause);
        }
    }

    /**
     * Delivers a chunk, and waits until the whole route is done with all of it, or with all that was begun before something
     * failed.
     *
     * @throws Exception the failure
     * @throws InterruptedException if it is stopped
     */
    public void deliver(Batch chunk) throws Exception {
        // the stream, which waits for the chunk, measures it
        Courier courier = new Courier(target, new AckTracker(Lsn.ZERO), new DeliveryFigures(), stop);
        Lanes lanes = new Lanes(courier, options, executors, () -> {});
        try {
            lanes.send(chunk, false);
            lanes.drain();
        } catch (DeliveryException e) {
            lanes.awaitIdle();
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (CancellationException e) {
            throw new InterruptedException();
        }
    }

    /** Ends a delivery that is under way. */
    public void stop() {
        stop.request();
    }
}
