package org.pg2sink.component;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.pg2sink.changelog.Acknowledgement;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Schema;
import org.pg2sink.imports.ChunkDelivery;
import org.pg2sink.stream.ChunkLanes;
import org.pg2sink.stream.StreamOptions;
import org.pg2sink.stream.Target;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Imports through the route of a consumer. Each run delivers the chunks that may join the stream, in the form in which the
 * route gets changes; with lanes on the threads of the stream. One thread runs it.
 */
final class ConsumerImports implements Runnable, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ConsumerImports.class);

    private final ChunkSource chunks;
    private final Target target;
    private final StreamOptions options;
    private final ChunkLanes lanes;

    /** @param deliverers run deliveries, one for each lane */
    ConsumerImports(ChunkSource chunks, Target target, StreamOptions options, List<? extends Executor> deliverers) {
        this.chunks = chunks;
        this.target = target;
        this.options = options;
        this.lanes = new ChunkLanes(target, options, deliverers);
    }

    @Override
    public void run() {
        try {
            Optional<ChunkDelivery> next = chunks.next();
            while (next.isPresent()) {
                deliver(next.get());
                next = chunks.next();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the consumer stops
        } catch (RuntimeException e) { // an exception would end the schedule
            LOG.warn("Importing failed and is tried again", e);
        }
    }

    private void deliver(ChunkDelivery delivery) throws InterruptedException {
        Acknowledgement acknowledgement = new ChunkAcknowledgement(delivery, chunks);
        try {
            send(wanted(delivery.entries()));
        } catch (InterruptedException e) {
            acknowledgement.fail(new IllegalStateException("The consumer was stopped during the delivery"));
            throw e;
        } catch (Exception | Error e) {
            acknowledgement.fail(e);
            return;
        }
        acknowledgement.complete();
    }

    private List<Entry> wanted(List<Entry> entries) {
        boolean unwanted = !options.announceSchemas() && entries.get(0) instanceof Schema;
        return unwanted ? entries.subList(1, entries.size()) : entries;
    }

    private void send(List<Entry> entries) throws Exception {
        if (options.lanes() > 1 && !entries.isEmpty()) {
            lanes.deliver(new Batch(entries.get(0).table(), entries));
        } else if (!options.batching()) {
            for (Entry entry : entries) {
                send(Batch.of(entry));
            }
        } else if (!entries.isEmpty()) {
            send(new Batch(entries.get(0).table(), entries));
        }
    }

    /** Delivers a batch and waits until the whole route is done with it. */
    private void send(Batch batch) throws Exception {
        CompletableFuture<Void> end = new CompletableFuture<>();
        target.deliver(batch, new Acknowledgement() {
            @Override
            public void complete() {
                end.complete(null);
            }

            @Override
            public void fail(Throwable cause) {
                end.completeExceptionally(cause);
            }
        });
        try {
            end.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** Begins no more chunks; for any thread. */
    void end() {
        chunks.end();
    }

    /** Ends a delivery that is under way; for any thread. */
    void stop() {
        lanes.stop();
    }

    @Override
    public void close() throws SQLException {
        chunks.close();
    }
}
