package org.pg2sink.component;

import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.spi.Synchronization;
import org.pg2sink.changelog.Acknowledgement;

/** Settles an acknowledgement when the whole route is done with the exchange. */
public record AcknowledgeOnCompletion(Acknowledgement acknowledgement) implements Synchronization {

    /** Property of an exchange by which a sink finds the acknowledgement, to hold it. */
    static final String PROPERTY = "CamelPg2sinkAcknowledgement";

    /** Returns the acknowledgement of what the stream delivered; empty if the exchange is no delivery of a stream. */
    public static Optional<Acknowledgement> of(Exchange exchange) {
        return Optional.ofNullable(exchange.getProperty(PROPERTY, Acknowledgement.class));
    }

    @Override
    public void onComplete(Exchange exchange) {
        acknowledgement.complete();
    }

    @Override
    public void onFailure(Exchange exchange) {
        Throwable cause = exchange.getException();
        // a rollback without an exception fails an exchange too
        acknowledgement.fail(cause != null ? cause : new IllegalStateException("The route rolled the exchange back"));
    }
}
