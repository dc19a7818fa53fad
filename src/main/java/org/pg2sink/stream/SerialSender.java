package org.pg2sink.stream;

import java.util.concurrent.Executor;
import org.pg2sink.changelog.Acknowledgement;
import org.pg2sink.changelog.Batch;

/** Delivers batches one after the other, in their order. Owned by the stream's thread. */
final class SerialSender implements Sender {

    private final Courier courier;
    private final int maxInFlight;
    private final DeliveryQueue queue;

    /**
     * @param executor runs the deliveries of batches, one at a time
     * @param whenOver runs after each of them
     */
    SerialSender(Courier courier, StreamOptions options, Executor executor, Runnable whenOver) {
        this.courier = courier;
        this.maxInFlight = options.maxInFlight();
        // handing a single entry to another thread costs more than it saves
        this.queue =
                options.batching() ? new DeliveryQueue(executor, whenOver) : new DeliveryQueue(Runnable::run, () -> {});
    }

    @Override
    public void send(Batch batch, boolean large) {
        courier.awaitFewerThan(maxInFlight);
        courier.await(queue::awaitRoom);
        Acknowledgement acknowledgement = courier.submit(batch, 0);
        queue.execute(() -> courier.deliver(batch, acknowledgement));
        if (large) {
            courier.awaitFewerThan(1);
        }
        courier.checkFailure();
    }

    @Override
    public boolean isIdle() {
        return queue.isIdle();
    }

    @Override
    public void awaitIdle() throws InterruptedException {
        queue.awaitIdle();
    }
}
