package org.pg2sink.component;

/** Says in one sentence why a request over HTTP is refused, and with which status. */
final class RefusedRequestException extends SecurityException {

    private static final long serialVersionUID = 1L;

    private final int status;

    RefusedRequestException(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }
}
