package org.pg2sink.component;

import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.pg2sink.changelog.Batch;
import org.pg2sink.imports.ChunkDelivery;

/**
 * Imports, as a step of a route: puts the next chunk into the exchange, and says what became of it once the exchange is
 * done. With nothing to import for now the body is null, and {@link Exchange#SCHEDULER_POLLED_MESSAGES} false, so that a
 * greedy scheduler pauses. One exchange at a time.
 */
final class ImportStep implements AutoCloseable {

    private final ReentrantLock oneAtATime = new ReentrantLock();
    private final ChunkSource chunks;

    ImportStep(Pg2sinkEndpoint endpoint) {
        this.chunks = new ChunkSource(endpoint);
    }

    void process(Exchange exchange) throws InterruptedException {
        oneAtATime.lockInterruptibly();
        try {
            exchange.getMessage().setBody(null);
            exchange.setProperty(Exchange.SCHEDULER_POLLED_MESSAGES, false);
            chunks.next().ifPresent(delivery -> deliver(delivery, exchange));
        } finally {
            oneAtATime.unlock();
        }
    }

    private void deliver(ChunkDelivery delivery, Exchange exchange) {
        ChunkAcknowledgement acknowledgement = new ChunkAcknowledgement(delivery, chunks);
        try {
            Batch body = new Batch(delivery.entries().get(0).table(), delivery.entries());
            Message message = new BatchMessage(exchange, body);
            message.setHeader(Pg2sinkConstants.TRANSACTION_END, true);
            exchange.getMessage().getHeaders().forEach((name, value) -> message.getHeaders()
                    .putIfAbsent(name, value));
            exchange.setMessage(message);
            exchange.setProperty(Exchange.SCHEDULER_POLLED_MESSAGES, true);
            exchange.setProperty(Pg2sinkConstants.SESSION, chunks.session());
            exchange.getExchangeExtension().addOnCompletion(new AcknowledgeOnCompletion(acknowledgement));
        } catch (RuntimeException | Error e) { // no completion will come, and the stream waits
            acknowledgement.fail(e);
            throw e;
        }
    }

    @Override
    public void close() throws SQLException {
        chunks.close();
    }
}
