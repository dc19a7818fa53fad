package org.pg2sink.stream;

import java.util.concurrent.atomic.AtomicBoolean;
import org.pg2sink.changelog.Acknowledgement;
import org.pg2sink.changelog.Batch;

/** Measures a delivery until it is settled, and passes everything on. For any thread. */
final class MeasuredDelivery implements Acknowledgement {

    private final DeliveryFigures figures;
    private final Batch batch;
    private final Acknowledgement delivery;
    private final long begunNanos = System.nanoTime();
    private final AtomicBoolean settled = new AtomicBoolean();

    MeasuredDelivery(DeliveryFigures figures, Batch batch, Acknowledgement delivery) {
        this.figures = figures;
        this.batch = batch;
        this.delivery = delivery;
    }

    @Override
    public void complete() {
        if (settled.compareAndSet(false, true)) {
            figures.delivered(batch, System.nanoTime() - begunNanos);
        }
        delivery.complete();
    }

    @Override
    public void fail(Throwable cause) {
        settled.set(true);
        delivery.fail(cause);
    }

    @Override
    public boolean hold() {
        return delivery.hold();
    }

    @Override
    public void release() {
        delivery.release();
    }

    @Override
    public boolean isOver() {
        return delivery.isOver();
    }
}
