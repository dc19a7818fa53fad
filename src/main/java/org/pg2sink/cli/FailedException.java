package org.pg2sink.cli;

/** Says in one sentence why a command could not be done. */
final class FailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    FailedException(String message) {
        super(message);
    }
}
