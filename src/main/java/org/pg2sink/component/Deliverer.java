package org.pg2sink.component;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
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
 * the order of their first entries. For one thread and one connection.
 */
final class Deliverer implements Watermarks.Stream {

    private static final Logger LOG = LoggerFactory.getLogger(Deliverer.class);

    private final Pg2sinkConsumer consumer;
    private final Pg2sinkConfiguration options;
    private final AckTracker tracker;
    private final BooleanSupplier cancelled;

    private final Map<Table, List<Entry>> batches = new LinkedHashMap<>();
    private int entries;
    private long bytes;
    private long firstEntryNanos;
    private long committed;
    private long lastLsn;

    /** @param cancelled asked while waiting for room in flight; if it says yes, waiting ends */
    Deliverer(Pg2sinkConsumer consumer, AckTracker tracker, BooleanSupplier cancelled) {
        this.consumer = consumer;
        this.options = consumer.getEndpoint().getConfiguration();
        this.tracker = tracker;
        this.cancelled = cancelled;
    }

    @Override
    public void entry(Entry entry) {
        lastLsn = entry.transaction().lsn();
        if (!options.isBatching()) {
            Exchange exchange = consumer.createExchange(true);
            exchange.getMessage().setBody(entry);
            Headers.set(exchange.getMessage(), entry);
            deliver(exchange);
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
            Exchange exchange = consumer.createExchange(true);
            exchange.getMessage().setBody(body);
            Headers.set(exchange.getMessage(), body);
            deliver(exchange);
        }
        batches.clear();
        entries = 0;
        tracker.commit(committed);
    }

    private void deliver(Exchange exchange) {
        awaitFewerThan(options.getMaxInFlight());
        Delivery delivery = tracker.submit();
        exchange.getExchangeExtension().addOnCompletion(new Acknowledgement(delivery));
        try {
            consumer.getProcessor().process(exchange);
        } catch (Exception e) {
            delivery.fail(e); // the route did not even begin, so no completion will come
        }
        if (Thread.interrupted() && cancelled.getAsBoolean()) { // else a step of the route left its own behind
            throw new CancellationException();
        }
        checkFailure();
    }

    @Override
    public void drain() {
        flush();
        awaitFewerThan(1);
        checkFailure();
    }

    private void awaitFewerThan(int limit) {
        boolean room = false;
        while (!room) {
            checkFailure();
            if (cancelled.getAsBoolean()) {
                throw new CancellationException();
            }
            try {
                room = tracker.awaitFewerThan(limit, 100);
            } catch (InterruptedException e) {
                LOG.debug("Interrupted while waiting for room", e);
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
