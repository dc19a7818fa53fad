package org.pg2sink.stream;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.pg2sink.changelog.Acknowledgement;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Schema;
import org.pg2sink.changelog.Table;
import org.pg2sink.imports.Watermarks;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.Cancellation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands entries to the target, in their order. With batching it collects them first, a batch for each version of a table,
 * until there are enough of them or the first one has waited long enough. The batches then go out in the order of their
 * first entries, on the thread of the {@link DeliveryQueue}, while the next ones are collected.
 *
 * <p>For one connection. All but {@link #deliver} is owned by the stream's thread.
 */
final class Deliverer implements Watermarks.Stream {

    private static final Logger LOG = LoggerFactory.getLogger(Deliverer.class);

    private final Target target;
    private final StreamOptions options;
    private final AckTracker tracker;
    private final Cancellation stop;
    private final DeliveryQueue queue;

    private final Map<Table, List<Entry>> batches = new LinkedHashMap<>();
    private int entries;
    private long bytes;
    private long firstEntryNanos;
    private Lsn committed = Lsn.ZERO;
    private Lsn lastLsn = Lsn.ZERO;

    /**
     * @param executor runs the deliveries of batches, one at a time
     * @param stop ends any waiting; nothing more is delivered then
     */
    Deliverer(Target target, StreamOptions options, AckTracker tracker, Executor executor, Cancellation stop) {
        this.target = target;
        this.options = options;
        this.tracker = tracker;
        this.stop = stop;
        // handing a single entry to another thread costs more than it saves
        this.queue = new DeliveryQueue(options.batching() ? executor : Runnable::run);
    }

    @Override
    public void entry(Entry entry) {
        lastLsn = entry.transaction().lsn();
        if (entry instanceof Schema && !options.announceSchemas()) {
            return;
        }
        if (!options.batching()) {
            handOver(Batch.of(entry));
            return;
        }
        if (entries++ == 0) {
            firstEntryNanos = System.nanoTime();
        }
        batches.computeIfAbsent(entry.table(), table -> new ArrayList<>()).add(entry);
        bytes += entry instanceof Modification change ? change.bytes() : 0;
        if (entries >= options.batchSize() || bytes >= options.batchBytes()) {
            flush();
        }
    }

    @Override
    public void committed(Lsn endLsn) {
        committed = endLsn;
        if (entries == 0) {
            tracker.commit(endLsn);
        }
    }

    /** Returns the number of entries that are collected and not yet sent. */
    int collected() {
        return entries;
    }

    /** Returns how long the collected entries may still wait, in milliseconds; {@code otherwise} if there are none. */
    long millisToFlush(long otherwise) {
        if (entries == 0) {
            return otherwise;
        }
        long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - firstEntryNanos);
        return Math.max(0, options.batchTimeoutMillis() - waited);
    }

    /** Sends the collected entries. */
    void flush() {
        if (entries == 0) {
            return;
        }
        batches.forEach((table, collected) -> handOver(new Batch(table, collected)));
        batches.clear();
        entries = 0;
        bytes = 0;
        tracker.commit(committed);
    }

    private void handOver(Batch batch) {
        await(millis -> tracker.awaitFewerThan(options.maxInFlight(), millis));
        await(queue::awaitRoom);
        Acknowledgement acknowledgement = tracker.submit();
        queue.execute(() -> deliver(batch, acknowledgement));
        checkFailure();
    }

    /** Runs on the thread of the queue. */
    private void deliver(Batch batch, Acknowledgement acknowledgement) {
        if (stop.isRequested() || tracker.failure() != null) { // nothing may overtake a failed delivery
            acknowledgement.fail(new CancellationException());
            return;
        }
        try {
            target.deliver(batch, acknowledgement);
        } catch (Throwable e) {
            acknowledgement.fail(e); // an Error too must not leave the stream waiting
        }
        if (Thread.interrupted()) { // only a request to stop ends the stream
            LOG.debug("A step of the route was interrupted, or left its interrupt behind");
        }
    }

    @Override
    public void drain() {
        flush();
        await(millis -> tracker.awaitFewerThan(1, millis));
        checkFailure();
    }

    /** Waits until the target has returned from all deliveries; those that went on asynchronously may be unfinished. */
    void awaitIdle() throws InterruptedException {
        queue.awaitIdle();
    }

    private void await(Cancellation.Condition condition) {
        stop.await(millis -> {
            checkFailure();
            return condition.await(millis);
        });
    }

    /** @throws DeliveryException if a delivery failed, also an earlier one that went on asynchronously */
    void checkFailure() {
        Throwable failure = tracker.failure();
        if (failure != null) {
            throw new DeliveryException(failure, lastLsn);
        }
    }
}
