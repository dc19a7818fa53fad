package org.pg2sink.component;

import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultMessage;
import org.pg2sink.changelog.Acknowledgement;
import org.pg2sink.changelog.Batch;
import org.pg2sink.stream.StreamOptions;
import org.pg2sink.stream.Target;

/** Makes an exchange of each batch and sends it through the route of a consumer. For any thread. */
final class RouteTarget implements Target {

    private final Pg2sinkConsumer consumer;
    private final StreamOptions options;

    RouteTarget(Pg2sinkConsumer consumer, StreamOptions options) {
        this.consumer = consumer;
        this.options = options;
    }

    @Override
    public void deliver(Batch batch, Acknowledgement acknowledgement) throws Exception {
        Exchange exchange = consumer.createExchange(true);
        exchange.setIn(message(exchange, batch));
        exchange.setProperty(Pg2sinkConstants.SESSION, consumer.token());
        exchange.setProperty(AcknowledgeOnCompletion.PROPERTY, acknowledgement);
        exchange.getExchangeExtension().addOnCompletion(new AcknowledgeOnCompletion(acknowledgement));
        consumer.getProcessor().process(exchange);
    }

    /** Returns a message with the batch as its body, or without batching the only entry in it. */
    private Message message(Exchange exchange, Batch batch) {
        boolean lanes = options.lanes() > 1;
        Message message = options.batching()
                ? new BatchMessage(exchange, batch)
                : EntryHeaders.fill(lanes ? new GuardedMessage(exchange) : new DefaultMessage(exchange), batch.get(0));
        message.setHeader(Pg2sinkConstants.TRANSACTION_END, lanes ? RefusingHeader.OF_LANES : batch.isTransactionEnd());
        return message;
    }

    @Override
    public String name() {
        return "the route " + consumer.getRouteId();
    }
}
