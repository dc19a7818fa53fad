package org.pg2sink.component;

import org.apache.camel.Exchange;
import org.apache.camel.spi.Synchronization;
import org.pg2sink.replication.AckTracker.Delivery;

/** Tells the ack tracker how an exchange ended, once the whole route is done with it. */
record Acknowledgement(Delivery delivery) implements Synchronization {

    @Override
    public void onComplete(Exchange exchange) {
        delivery.complete();
    }

    @Override
    public void onFailure(Exchange exchange) {
        Throwable cause = exchange.getException();
        // a rollback without an exception fails an exchange too
        delivery.fail(cause != null ? cause : new IllegalStateException("The route rolled the exchange back"));
    }
}
