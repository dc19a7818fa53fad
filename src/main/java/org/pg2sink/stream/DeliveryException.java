package org.pg2sink.stream;

import org.pg2sink.pgoutput.Lsn;

/** The target failed to deliver a batch, after its own error handling had given up. */
final class DeliveryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Lsn lsn;

    /** @param lsn the commit LSN of the latest transaction that was collected: the failed one or a later one */
    DeliveryException(Throwable cause, Lsn lsn) {
        super("The route failed to deliver a change (" + rootOf(cause) + ").", cause);
        this.lsn = lsn;
    }

    Lsn lsn() {
        return lsn;
    }

    /** Returns the innermost cause without the exchange ids that Camel adds, so that it reads the same at each try. */
    private static String rootOf(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.toString().replaceAll("\\.? Exchange\\[[^]]*]", "");
    }
}
