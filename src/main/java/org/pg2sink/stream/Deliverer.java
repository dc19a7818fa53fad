package org.pg2sink.stream;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Schema;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.imports.Watermarks;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.Cancellation;

/**
 * Hands entries to the target, in their order. With batching it collects them first, a batch for each version of a table,
 * while the target is busy with earlier ones, and until there are enough of them or the first one has waited as long as it
 * has to. The batches then go out in the order of their first entries, by the {@link Sender}, while the next ones are
 * collected.
 *
 * <p>The target is told where transactions end. So an entry waits until the next one or the commit tells whether it is the
 * last of its transaction, and batches have entries of ended transactions only, or of the one that goes on.
 *
 * <p>For one connection. Owned by the stream's thread.
 */
final class Deliverer implements Watermarks.Stream {

    /**
     * Size in multiples of {@code batchBytes} from which a batch has to arrive before the next one is sent. Only a large row
     * makes a batch so large, and few of these fit into memory.
     */
    private static final long LARGE_BATCHES = 2;

    private static final long MAX_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final StreamOptions options;
    private final AckTracker tracker;
    private final Courier courier;
    private final Sender sender;

    private Map<Table, List<Entry>> batches = new LinkedHashMap<>();
    private int entries;
    /** Number of the entries whose transactions have ended. */
    private int ended;

    private long bytes;
    private long firstEntryNanos;
    /** Transaction that has begun and not yet ended; null if there is none, or nothing of it came. */
    private Transaction open;

    private Lsn committed = Lsn.ZERO;

    /**
     * @param figures measure what is delivered
     * @param executors run deliveries, one for each lane, each of them one task at a time
     * @param whenOver runs after each delivery of a batch: what was collected meanwhile may go out now; for any thread
     * @param stop ends any waiting; nothing more is delivered then
     */
    Deliverer(
            Target target,
            StreamOptions options,
            AckTracker tracker,
            DeliveryFigures figures,
            List<? extends Executor> executors,
            Runnable whenOver,
            Cancellation stop) {
        this.options = options;
        this.tracker = tracker;
        this.courier = new Courier(target, tracker, figures, stop);
        this.sender = Sender.of(courier, options, executors, whenOver);
    }

    @Override
    public void entry(Entry entry) {
        courier.came(entry.transaction().lsn());
        if (entry instanceof Schema && !options.announceSchemas()) {
            return;
        }
        if (isFull()) {
            flush();
        }
        if (isFull()) { // by the transaction that goes on
            send(batches, false);
            collectAnew(new LinkedHashMap<>());
        }
        collect(entry);
        open = entry.transaction().xid() == 0 ? null : entry.transaction(); // a message of no transaction stands alone
        if (open == null) {
            ended();
        }
    }

    private void collect(Entry entry) {
        if (entries++ == 0) {
            firstEntryNanos = System.nanoTime();
        }
        batches.computeIfAbsent(entry.table(), table -> new ArrayList<>()).add(entry);
        bytes += entry instanceof Modification change ? change.bytes() : 0;
    }

    private boolean isFull() {
        return entries >= (options.batching() ? options.batchSize() : 1) || bytes >= options.batchBytes();
    }

    @Override
    public void committed(Lsn endLsn) {
        committed = endLsn;
        open = null;
        ended();
        if (entries == 0) {
            tracker.commit(endLsn);
        }
    }

    private void ended() {
        ended = entries;
        if (isFull()) {
            flush();
        }
    }

    /** Returns the number of entries that are collected and not yet sent. */
    int collected() {
        return entries;
    }

    /**
     * Returns how long the entries of ended transactions still have to wait for others, in milliseconds; {@code otherwise} if
     * there are none, or the target is busy.
     */
    long millisToFlush(long otherwise) {
        if (ended == 0) {
            return otherwise;
        }
        long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - firstEntryNanos);
        long rest = Math.max(0, options.batchTimeoutMillis() - waited);
        return rest == 0 && !sender.isIdle() ? otherwise : rest;
    }

    /** Returns whether entries wait for longer than it may take to see what else has come, although the target is idle. */
    boolean isOverdue() {
        return ended > 0 && System.nanoTime() - firstEntryNanos > MAX_LOOK_NANOS && millisToFlush(1) == 0;
    }

    /** Sends the collected entries of ended transactions. */
    void flush() {
        if (ended == 0) {
            return;
        }
        Map<Table, List<Entry>> rest = new LinkedHashMap<>();
        Map<Table, List<Entry>> whole = batches;
        if (ended < entries) {
            whole = new LinkedHashMap<>();
            for (Map.Entry<Table, List<Entry>> batch : batches.entrySet()) {
                List<Entry> collected = batch.getValue();
                int end = endOfTransactions(collected);
                if (end > 0) {
                    whole.put(batch.getKey(), new ArrayList<>(collected.subList(0, end)));
                }
                if (end < collected.size()) {
                    rest.put(batch.getKey(), new ArrayList<>(collected.subList(end, collected.size())));
                }
            }
        }
        send(whole, true);
        tracker.commit(committed);
        collectAnew(rest);
    }

    /** Returns where the entries of the open transaction begin. */
    private int endOfTransactions(List<Entry> collected) {
        int end = collected.size();
        while (end > 0 && collected.get(end - 1).transaction() == open) {
            end--;
        }
        return end;
    }

    private void send(Map<Table, List<Entry>> group, boolean complete) {
        int left = group.size();
        for (Map.Entry<Table, List<Entry>> batch : group.entrySet()) {
            sender.send(
                    new Batch(batch.getKey(), batch.getValue(), complete && --left == 0),
                    bytes >= LARGE_BATCHES * options.batchBytes());
        }
    }

    private void collectAnew(Map<Table, List<Entry>> rest) {
        batches = new LinkedHashMap<>();
        entries = 0;
        ended = 0;
        bytes = 0;
        rest.values().forEach(collected -> collected.forEach(this::collect));
    }

    @Override
    public void drain() {
        flush();
        courier.awaitFewerThan(1);
        checkFailure();
    }

    /** Waits until the target has returned from all deliveries; those that went on asynchronously may be unfinished. */
    void awaitIdle() throws InterruptedException {
        sender.awaitIdle();
    }

    /** @throws DeliveryException if a delivery failed, also an earlier one that went on asynchronously */
    void checkFailure() {
        courier.checkFailure();
    }
}
