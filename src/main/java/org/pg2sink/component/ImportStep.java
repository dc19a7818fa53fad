package org.pg2sink.component;

import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.spi.Synchronization;
import org.pg2sink.changelog.Batch;
import org.pg2sink.imports.ChunkDelivery;
import org.pg2sink.imports.Importer;
import org.pg2sink.imports.Watermarks;
import org.pg2sink.replication.DatabaseCatalog;
import org.pg2sink.replication.SubscriptionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Imports, as a step of a route: puts the next chunk into the exchange, and says what became of it once the exchange is
 * done. With nothing to import for now the body is null, and {@link Exchange#SCHEDULER_POLLED_MESSAGES} false, so that a
 * greedy scheduler pauses. One exchange at a time.
 */
final class ImportStep implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ImportStep.class);

    private static final String DISCONNECTED = "disconnected";

    private final Pg2sinkEndpoint endpoint;
    private final ReentrantLock oneAtATime = new ReentrantLock();
    private final long reconcileNanos;

    /** Null until a stream was there for the first time, as are the other two. */
    private Importer importer;

    private DatabaseCatalog catalog;
    private ExecutorService ahead;

    private long reconciledNanos;
    /** Problem that was logged last, {@link #DISCONNECTED}, or null if there is none. */
    private String problem;

    ImportStep(Pg2sinkEndpoint endpoint) {
        this.endpoint = endpoint;
        this.reconcileNanos =
                TimeUnit.MILLISECONDS.toNanos(endpoint.getConfiguration().getReconcileInterval());
    }

    void process(Exchange exchange) throws InterruptedException {
        oneAtATime.lockInterruptibly();
        try {
            step(exchange);
        } finally {
            oneAtATime.unlock();
        }
    }

    private void step(Exchange exchange) throws InterruptedException {
        exchange.getMessage().setBody(null);
        exchange.setProperty(Exchange.SCHEDULER_POLLED_MESSAGES, false);
        Optional<ChunkDelivery> next = Optional.empty();
        try {
            next = next();
            problem = null;
        } catch (SubscriptionException e) {
            // logged once, not at each tick; while a server starts again, each tick fails for another reason
            String current = e.isDisconnection() ? DISCONNECTED : e.getMessage();
            if (!current.equals(problem)) {
                problem = current;
                LOG.warn("Subscription {}: no imports for now: {}", endpoint.getName(), e.getMessage());
            }
        }
        next.ifPresent(delivery -> deliver(delivery, exchange));
    }

    private Optional<ChunkDelivery> next() throws InterruptedException {
        Optional<Pg2sinkConsumer> stream = endpoint.getComponent().stream(endpoint.getName());
        if (stream.isEmpty()) {
            throw new SubscriptionException(
                    SubscriptionException.Remedy.RETRY,
                    "no route that is started consumes pg2sink:" + endpoint.getName()
                            + ", which imports have to join.");
        }
        Optional<Watermarks> watermarks = stream.get().watermarks();
        if (watermarks.isEmpty()) {
            return Optional.empty(); // a standby leaves it to the one that streams
        }
        if (importer == null) {
            importer = createImporter();
        }
        if (reconciledNanos == 0 || System.nanoTime() - reconciledNanos > reconcileNanos) {
            importer.reconcile(endpoint.getConfiguration().isAutoImport());
            reconciledNanos = System.nanoTime();
        }
        return importer.next(watermarks.get());
    }

    private Importer createImporter() {
        Pg2sinkConfiguration options = endpoint.getConfiguration();
        catalog = new DatabaseCatalog(endpoint.database());
        ahead = endpoint.getCamelContext()
                .getExecutorServiceManager()
                .newSingleThreadExecutor(this, "pg2sink-import[" + endpoint.getName() + "]");
        return new Importer(
                endpoint.database(),
                endpoint.subscription(),
                catalog,
                options.getChunkSize(),
                options.getChunkBytes(),
                ahead);
    }

    private void deliver(ChunkDelivery delivery, Exchange exchange) {
        importing(true);
        if (delivery.isCancelled()) { // before it was noted, so a stream that starts does not know of it
            importing(false);
            return;
        }
        try {
            Batch body = new Batch(delivery.entries().get(0).table(), delivery.entries());
            Message message = new BatchMessage(exchange, body);
            exchange.getMessage().getHeaders().forEach((name, value) -> message.getHeaders()
                    .putIfAbsent(name, value));
            exchange.setMessage(message);
            exchange.setProperty(Exchange.SCHEDULER_POLLED_MESSAGES, true);
            exchange.getExchangeExtension().addOnCompletion(new Settlement(delivery, () -> importing(false)));
        } catch (RuntimeException | Error e) { // no completion will come, and the stream waits
            importing(false);
            delivery.fail(e);
            throw e;
        }
    }

    private void importing(boolean now) {
        endpoint.getComponent().importing(endpoint.getName(), now);
    }

    /** Tells the import how the exchange of a chunk ended, once the whole route is done with it. */
    private record Settlement(ChunkDelivery delivery, Runnable done) implements Synchronization {

        @Override
        public void onComplete(Exchange exchange) {
            try {
                delivery.complete();
            } finally {
                done.run();
            }
        }

        @Override
        public void onFailure(Exchange exchange) {
            Throwable cause = exchange.getException();
            try {
                delivery.fail(cause != null ? cause : new IllegalStateException("The route rolled the exchange back"));
            } finally {
                done.run();
            }
        }
    }

    @Override
    public void close() throws SQLException {
        if (importer != null) {
            importer.close();
            endpoint.getCamelContext().getExecutorServiceManager().shutdownNow(ahead);
            catalog.close();
        }
    }
}
