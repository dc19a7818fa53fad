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
}
