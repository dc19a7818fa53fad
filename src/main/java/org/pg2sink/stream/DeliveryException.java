package org.pg2sink.stream;

/** The target failed to deliver a batch, after its own error handling had given up. */
final class DeliveryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final long lsn;

    /** @param lsn the commit LSN of the latest transaction that was collected: the failed one or a later one; unsigned */
    DeliveryException(Throwable cause, long lsn) {
        super("The route failed to deliver a change (" + rootOf(cause) + ").", cause);
        this.lsn = lsn;
    }

    long lsn() {
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
