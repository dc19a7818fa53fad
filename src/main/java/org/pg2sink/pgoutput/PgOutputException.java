package org.pg2sink.pgoutput;

/**
 * Bytes that are not what the pgoutput protocol promises. The text names the message, what was expected and at which
 * byte; it never holds a value of a row.
 */
public final class PgOutputException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int position;

    /**
     * @param message the name of the protocol message, not null
     * @param position the position in the message, in bytes from its type byte
     * @param problem what should have stood there, and what did, not null
     */
    public PgOutputException(String message, int position, String problem) {
        super(message + ", byte " + position + ": " + problem);
        this.position = position;
    }

    /** Returns the position of the fault in the message, in bytes from its type byte. */
    public int position() {
        return position;
    }
}
