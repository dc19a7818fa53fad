package org.pg2sink.stream;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs deliveries one after the other while the next one is collected: one runs, one more may wait. Its methods are for the
 * stream's thread.
 */
final class DeliveryQueue {

    private final Executor executor;
    private final Runnable whenOver;

    private FutureTask<Void> last = done();
    private FutureTask<Void> lastButOne = last;

    /**
     * @param executor runs one task at a time, in order; it may run them at once, on the calling thread
     * @param whenOver runs after each delivery, on its thread
     */
    DeliveryQueue(Executor executor, Runnable whenOver) {
        this.executor = executor;
        this.whenOver = whenOver;
    }

    private static FutureTask<Void> done() {
        FutureTask<Void> done = new FutureTask<>(() -> null);
        done.run();
        return done;
    }

    /** Waits for room, and returns whether a delivery may be queued now. */
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

    /** Returns whether no delivery runs or waits. */
    boolean isIdle() {
        return last.isDone();
    }

    /** Queues a delivery. It must handle its own failures. */
    void execute(Runnable delivery) {
        FutureTask<Void> task = new FutureTask<>(delivery, null) {
            @Override
            protected void done() {
                whenOver.run();
            }
        };
        executor.execute(task);
        lastButOne = last;
        last = task;
    }

    /** Waits until no delivery runs any more. */
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
