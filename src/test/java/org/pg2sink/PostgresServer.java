package org.pg2sink;

import java.util.Map;

/** A PostgreSQL that runs; its superuser {@code postgres} needs no password. */
interface PostgresServer extends AutoCloseable {

    int port();

    /** Stops it without waiting for its clients. */
    void stop();

    /** Starts it on the same port with the same data. */
    void startAgain(Map<String, String> settings);

    /** Stops it for good, if it runs. */
    @Override
    void close();
}
