package org.pg2sink.component;

import org.apache.camel.Exchange;
import org.apache.camel.spi.Synchronization;
import org.pg2sink.changelog.Acknowledgement;

/** Settles an acknowledgement when the whole route is done with the exchange. */
record AcknowledgeOnCompletion(Acknowledgement acknowledgement) implements Synchronization {

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
