package org.pg2sink.component;

import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.pg2sink.imports.ChunkDelivery;
import org.pg2sink.imports.Importer;
import org.pg2sink.imports.Watermarks;
import org.pg2sink.replication.SessionToken;
import org.pg2sink.replication.SubscriptionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives out the chunks of a subscription's imports that may join its stream, one at a time. For one thread at a time. While
 * a chunk is under way, the stream that starts again waits for it.
 */
final class ChunkSource implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ChunkSource.class);

    private static final String DISCONNECTED = "disconnected";

    private final Pg2sinkEndpoint endpoint;
    private final long reconcileNanos;

    /** Null until a stream was there for the first time, as is the other one. */
    private Importer importer;

    private ExecutorService readers;

    private long reconciledNanos;
    /** Written by the thread that stops the consumer. */
    private volatile boolean ended;
    /** Problem that was logged last, {@link #DISCONNECTED}, or null if there is none. */
    private String problem;

    ChunkSource(Pg2sinkEndpoint endpoint) {
        this.endpoint = endpoint;
        this.reconcileNanos =
                TimeUnit.MILLISECONDS.toNanos(endpoint.getConfiguration().getReconcileInterval());
    }

    /**
     * Returns the next chunk, which the caller settles, and then says that it is {@link #done}; empty if there is none for
     * now.
     */
    Optional<ChunkDelivery> next() throws InterruptedException {
        if (ended) {
            return Optional.empty();
        }
        try {
            Optional<ChunkDelivery> next = due();
            problem = null;
            return next.filter(this::begin);
        } catch (SubscriptionException e) {
            // logged once, not at each tick; while a server starts again, each tick fails for another reason
            String current = e.isDisconnection() ? DISCONNECTED : e.getMessage();
            if (!ended && !current.equals(problem)) {
                problem = current;
                LOG.warn("Subscription {}: no imports for now: {}", endpoint.getName(), e.getMessage());
            }
            return Optional.empty();
        }
    }

    /** Gives out no more chunks, because the stream that they join is about to stop; for any thread. */
    void end() {
        ended = true;
    }

    private boolean begin(ChunkDelivery delivery) {
        endpoint.getComponent().importing(endpoint.getName(), true);
        if (delivery.isCancelled()) { // before it was noted, so a stream that starts does not know of it
            done();
            return false;
        }
        return true;
    }

    /** Says that the latest chunk is no longer under way. */
    void done() {
        endpoint.getComponent().importing(endpoint.getName(), false);
    }

    /** Returns the session that the chunk joined, for which the next session waits; null if the stream has gone. */
    SessionToken session() {
        return endpoint.getComponent().stream(endpoint.getName())
                .map(Pg2sinkConsumer::token)
                .orElse(null);
    }

    private Optional<ChunkDelivery> due() throws InterruptedException {
        Optional<Pg2sinkConsumer> stream = endpoint.getComponent().stream(endpoint.getName());
        if (stream.isEmpty()) {
            throw new SubscriptionException(
                    SubscriptionException.Remedy.RETRY,
                    "no route that is started consumes pg2sink:" + endpoint.getName()
                            + ", which imports have to join.");
        }
        if (!endpoint.getComponent().isOnlySource(endpoint.getName(), this)) {
            throw new SubscriptionException(
                    SubscriptionException.Remedy.RETRY,
                    "two routes import subscription " + endpoint.getName()
                            + ": use either the option imports of the consumer or one route with operation=import.");
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
        readers = endpoint.getCamelContext()
                .getExecutorServiceManager()
                .newFixedThreadPool(this, "pg2sink-import[" + endpoint.getName() + "]", options.getChunkReaders());
        return new Importer(
                endpoint.database(),
                endpoint.subscription(),
                options.getChunkSize(),
                options.getChunkBytes(),
                options.getChunkReaders(),
                readers);
    }

    @Override
    public void close() throws SQLException {
        endpoint.getComponent().closed(endpoint.getName(), this);
        if (importer != null) {
            importer.close();
            endpoint.getCamelContext().getExecutorServiceManager().shutdownNow(readers);
        }
    }
}
