package org.pg2sink.component;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs deliveries one after the other while the next is made: one runs, one more may wait. Its methods are for the stream's
 * thread.
 */
final class DeliveryThread {

    private final Executor executor;

    private FutureTask<Void> last = done();
    private FutureTask<Void> lastButOne = last;

    /** @param executor runs one task at a time, in their order; it may do so at once, on the thread that hands them over */
    DeliveryThread(Executor executor) {
        this.executor = executor;
    }

    private static FutureTask<Void> done() {
        FutureTask<Void> done = new FutureTask<>(() -> null);
        done.run();
        return done;
    }

    /** Waits for room; tells whether there is any, so that a delivery may be handed over. */
    boolean awaitRoom(long millis) throws InterruptedException {
        try {
            lastButOne.get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw failed(e);
        }
    }

    /** Has a delivery run when its turn comes; it handles what fails itself. */
    void execute(Runnable delivery) {
        FutureTask<Void> task = new FutureTask<>(delivery, null);
        executor.execute(task);
        lastButOne = last;
        last = task;
    }

    /** Waits until nothing runs any more. */
    void awaitIdle() throws InterruptedException {
        try {
            last.get();
        } catch (ExecutionException e) {
            throw failed(e);
        }
    }

    private static IllegalStateException failed(ExecutionException e) {
        return new IllegalStateException("A delivery did not handle its failure", e.getCause());
    }
}
