package org.pg2sink;

/** A Kafka broker that runs. */
public interface KafkaServer extends AutoCloseable {

    /** Host and port. */
    String address();

    void stop();

    /** Starts it again, with the same port and data. */
    void start();

    @Override
    void close();
}
