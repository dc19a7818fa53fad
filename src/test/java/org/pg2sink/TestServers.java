package org.pg2sink;

import java.nio.file.Path;
import java.util.Map;

/**
 * The one place that says what servers the tests run on: {@link LocalServers}, or those of the class that
 * {@code -Dpg2sink.test.servers} names. All of them listen on {@code localhost}.
 */
interface TestServers {

    static TestServers get() {
        return Chosen.SERVERS;
    }

    /** A PostgreSQL that is there until the JVM ends. */
    PostgresServer startPostgres(Map<String, String> settings);

    /**
     * A PostgreSQL that keeps its data when it is stopped.
     *
     * @param directory an empty one for the data, if they are kept in this file system
     */
    PostgresServer startPostgres(Path directory, Map<String, String> settings);

    /**
     * A Kafka broker that keeps its data when it is stopped.
     *
     * @param directory an empty one for the data, if they are kept in this file system
     */
    KafkaServer startKafka(Path directory);

    /** An S3-compatible store without buckets. */
    S3Store startS3();

    /** Makes the choice when it is first asked for. */
    final class Chosen {

        private static final TestServers SERVERS = create(System.getProperty("pg2sink.test.servers"));

        private Chosen() {}

        private static TestServers create(String className) {
            if (className == null) {
                return new LocalServers();
            }
            try {
                return (TestServers)
                        Class.forName(className).getDeclaredConstructor().newInstance();
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("cannot make the servers of " + className, e);
            }
        }
    }
}
