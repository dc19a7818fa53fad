package org.pg2sink.component;

/** The route failed an exchange, after its own error handler had given up. */
final class DeliveryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final long lsn;

    /** @param lsn where the latest transaction of which anything was collected commits, unsigned: the failed one or a later one */
    DeliveryException(Throwable cause, long lsn) {
        super("The route failed to deliver a change (" + rootOf(cause) + ").", cause);
        this.lsn = lsn;
    }

    long lsn() {
        return lsn;
    }

    /** What really went wrong, without the exchange ids that Camel adds, so that it reads the same at each try. */
    private static String rootOf(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.toString().replaceAll("\\.? Exchange\\[[^]]*]", "");
    }
}
