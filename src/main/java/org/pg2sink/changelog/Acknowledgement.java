package org.pg2sink.changelog;

/**
 * Tells whoever handed entries over how their delivery ended. It is settled once, on any thread; what comes after that is
 * ignored.
 */
public interface Acknowledgement {

    /** The entries reached their destination. */
    void complete();

    /** They did not, so they have to be delivered again. */
    void fail(Throwable cause);

    /**
     * Keeps what was delivered unconfirmed, also when the route is done with it, until it is {@linkplain #release released}.
     * For a sink that stores it later, together with what follows.
     *
     * @return whether it is kept; if not, it is confirmed as soon as the route is done
     */
    default boolean hold() {
        return false;
    }

    /** Lets go of what was held, because it is stored now. To give up instead, {@link #fail} it. */
    default void release() {
        // nothing can be held
    }

    /** Returns whether the stream has ended or failed since, so that another one delivers the entries again. */
    default boolean isOver() {
        return false;
    }
}
