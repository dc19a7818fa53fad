package org.pg2sink.component;

/** The route failed an exchange, after its own error handler had given up. */
final class DeliveryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DeliveryException(Throwable cause) {
        super("The route failed to deliver a change (" + cause + ").", cause);
    }
}
