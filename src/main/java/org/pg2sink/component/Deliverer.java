package org.pg2sink.component;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Table;
import org.pg2sink.imports.Watermarks;
import org.pg2sink.replication.AckTracker;
import org.pg2sink.replication.AckTracker.Delivery;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes exchanges of entries and hands them to the route, one after the other. With batching it collects entries, a batch
 * for each version of a table, until there are enough of them or they have waited long enough; the batches then go out in
 * the order of their first entries, on the {@link DeliveryThread}, while the next are collected. Everything else is for
 * the stream's thread, and for one connection.
 */
final class Deliverer implements Watermarks.Stream {

    private static final Logger LOG = LoggerFactory.getLogger(Deliverer.class);

    /** How often to look whether it is cancelled. */
    private static final long LOOK_MILLIS = 100;

    private final Pg2sinkConsumer consumer;
    private final Pg2sinkConfiguration options;
    private final AckTracker tracker;
    private final BooleanSupplier cancelled;
    private final DeliveryThread thread;

    private final Map<Table, List<Entry>> batches = new LinkedHashMap<>();
    private int entries;
    private long bytes;
    private long firstEntryNanos;
    private long committed;
    private long lastLsn;

    /** @param cancelled asked while waiting for room in flight; if it says yes, waiting ends, and nothing more is delivered */
    Deliverer(Pg2sinkConsumer consumer, AckTracker tracker, BooleanSupplier cancelled) {
        this.consumer = consumer;
        this.options = consumer.getEndpoint().getConfiguration();
        this.tracker = tracker;
        this.cancelled = cancelled;
        // to hand over a single entry costs more than it saves
        this.thread = new DeliveryThread(options.isBatching() ? consumer.deliveryExecutor() : Runnable::run);
    }

    @Override
    public void entry(Entry entry) {
        lastLsn = entry.transaction().lsn();
        if (!options.isBatching()) {
            handOver(message -> {
                message.setBody(entry);
                Headers.set(message, entry);
            });
            return;
        }
        if (entries++ == 0) {
            firstEntryNanos = System.nanoTime();
        }
        batches.computeIfAbsent(entry.table(), table -> new ArrayList<>()).add(entry);
        if (entries >= options.getBatchSize() || bytes >= options.getBatchBytes()) {
            flush();
        }
    }

    @Override
    public void committed(long endLsn) {
        committed = endLsn;
        if (entries == 0) {
            tracker.commit(endLsn);
        }
    }

    /** Counts the bytes of a received message; what is collected is bounded by them. */
    void received(int messageBytes) {
        bytes += messageBytes;
    }

    /** How many entries are collected and not yet sent. */
    int collected() {
        return entries;
    }

    /** How long the entries that are collected may still wait. */
    long millisToFlush(long ifNothingCollected) {
        if (entries == 0) {
            return ifNothingCollected;
        }
        long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - firstEntryNanos);
        return Math.max(0, options.getBatchTimeout() - waited);
    }

    /** Sends what is collected. */
    void flush() {
        bytes = 0;
        if (entries == 0) {
            return;
        }
        for (Map.Entry<Table, List<Entry>> batch : batches.entrySet()) {
            Batch body = new Batch(batch.getKey(), batch.getValue());
            handOver(message -> {
                message.setBody(body);
                Headers.set(message, body);
            });
        }
        batches.clear();
        entries = 0;
        tracker.commit(committed);
    }

    private void handOver(Consumer<Message> content) {
        await(millis -> tracker.awaitFewerThan(options.getMaxInFlight(), millis));
        await(thread::awaitRoom);
        Delivery delivery = tracker.submit();
        thread.execute(() -> deliver(content, delivery));
        checkFailure();
    }

    /** On the thread for it. */
    private void deliver(Consumer<Message> content, Delivery delivery) {
        if (cancelled.getAsBoolean() || tracker.failure() != null) { // nothing may overtake what failed
            delivery.fail(new CancellationException());
            return;
        }
        try {
            Exchange exchange = consumer.createExchange(true);
            content.accept(exchange.getMessage());
            exchange.getExchangeExtension().addOnCompletion(new Acknowledgement(delivery));
            consumer.getProcessor().process(exchange);
        } catch (Throwable e) {
            delivery.fail(e); // the route did not even begin, so no completion will come
        }
        if (Thread.interrupted()) { // only cancelling ends the stream, so this is no more than a word in the log
            LOG.debug("A step of the route was interrupted, or left its interrupt behind");
        }
    }

    @Override
    public void drain() {
        flush();
        await(millis -> tracker.awaitFewerThan(1, millis));
        checkFailure();
    }

    /** Waits until the route is done with what was handed over, but for what went on asynchronously. */
    void awaitIdle() throws InterruptedException {
        thread.awaitIdle();
    }

    /** Something to wait for; tells whether it is there. */
    private interface Awaited {

        boolean await(long millis) throws InterruptedException;
    }

    private void await(Awaited awaited) {
        boolean there = false;
        while (!there) {
            checkFailure();
            if (cancelled.getAsBoolean()) {
                throw new CancellationException();
            }
            try {
                there = awaited.await(LOOK_MILLIS);
            } catch (InterruptedException e) {
                LOG.debug("Interrupted while waiting", e);
            }
        }
    }

    /** @throws DeliveryException if an exchange failed, be it an earlier one that went on asynchronously */
    void checkFailure() {
        Throwable failure = tracker.failure();
        if (failure != null) {
            throw new DeliveryException(failure, lastLsn);
        }
    }
}
