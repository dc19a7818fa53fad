package org.pg2sink.sinks.sql.verify;

/** Thrown if a copy cannot be compared; the message is one sentence for people. */
public final class VerificationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    VerificationException(String message) {
        super(message);
    }
}
