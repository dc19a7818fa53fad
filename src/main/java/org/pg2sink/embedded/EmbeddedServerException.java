package org.pg2sink.embedded;

/** Says in one sentence why the embedded PostgreSQL does not run, and the remedy. */
public final class EmbeddedServerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EmbeddedServerException(String message) {
        super(message);
    }

    EmbeddedServerException(String message, Throwable cause) {
        super(message, cause);
    }
}
