package org.pg2sink.component;

import org.apache.camel.Exchange;
import org.pg2sink.changelog.Acknowledgement;
import org.pg2sink.changelog.Batch;
import org.pg2sink.stream.Target;

/** Makes an exchange of each batch and sends it through the route of a consumer. */
final class RouteTarget implements Target {

    private final Pg2sinkConsumer consumer;
    private final boolean batching;

    /** @param batching whether the body is the batch, or the only entry in it */
    RouteTarget(Pg2sinkConsumer consumer, boolean batching) {
        this.consumer = consumer;
        this.batching = batching;
    }

    @Override
    public void deliver(Batch batch, Acknowledgement acknowledgement) throws Exception {
        Exchange exchange = consumer.createExchange(true);
        exchange.setIn(batching ? new BatchMessage(exchange, batch) : EntryHeaders.message(exchange, batch.get(0)));
        exchange.setProperty(Pg2sinkConstants.SESSION, consumer.token());
        exchange.getMessage().setHeader(Pg2sinkConstants.TRANSACTION_END, batch.isTransactionEnd());
        exchange.setProperty(AcknowledgeOnCompletion.PROPERTY, acknowledgement);
        exchange.getExchangeExtension().addOnCompletion(new AcknowledgeOnCompletion(acknowledgement));
        consumer.getProcessor().process(exchange);
    }

    @Override
    public String name() {
        return "the route " + consumer.getRouteId();
    }
}
