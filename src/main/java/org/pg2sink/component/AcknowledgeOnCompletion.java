package org.pg2sink.component;

import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Ordered;
import org.apache.camel.spi.Synchronization;
import org.pg2sink.changelog.Acknowledgement;

/**
 * Settles an acknowledgement when the whole route is done with the exchange. It comes after all others that wait for that,
 * since some of them commit what the route did, as Camel's transactions of Kafka do, and fail the exchange if they cannot.
 */
public record AcknowledgeOnCompletion(Acknowledgement acknowledgement) implements Synchronization, Ordered {

    /** Property of an exchange by which a sink finds the acknowledgement, to hold it. */
    static final String PROPERTY = "CamelPg2sinkAcknowledgement";

    /** Returns the acknowledgement of what the stream delivered; empty if the exchange is no delivery of a stream. */
    public static Optional<Acknowledgement> of(Exchange exchange) {
        return Optional.ofNullable(exchange.getProperty(PROPERTY, Acknowledgement.class));
    }

    @Override
    public int getOrder() {
        return LOWEST;
    }

    @Override
    public void onComplete(Exchange exchange) {
        if (exchange.isFailed()) { // which Camel looked at only before the others
            onFailure(exchange);
        } else {
            acknowledgement.complete();
        }
    }

    @Override
    public void onFailure(Exchange exchange) {
        Throwable cause = exchange.getException();
        // a rollback without an exception fails an exchange too
        acknowledgement.fail(cause != null ? cause : new IllegalStateException("The route rolled the exchange back"));
    }
}
