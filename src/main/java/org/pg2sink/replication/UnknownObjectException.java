package org.pg2sink.replication;

/** Says that there is no table, publication or import of the name that an administrator gave. */
public final class UnknownObjectException extends SubscriptionException {

    private static final long serialVersionUID = 1L;

    public UnknownObjectException(Remedy remedy, String message) {
        super(remedy, message);
    }
}
