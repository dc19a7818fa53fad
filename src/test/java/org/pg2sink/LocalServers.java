package org.pg2sink;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Servers that need nothing installed: PostgreSQL as a process, Kafka and the S3 store in this JVM. */
final class LocalServers implements TestServers {

    @Override
    public PostgresServer startPostgres(Map<String, String> settings) {
        return LocalPostgres.start(Optional.empty(), settings);
    }

    @Override
    public PostgresServer startPostgres(Path directory, Map<String, String> settings) {
        return LocalPostgres.start(Optional.of(directory), settings);
    }

    @Override
    public KafkaServer startKafka(Path directory) {
        return LocalKafka.start(directory);
    }

    @Override
    public S3Store startS3() {
        return LocalS3.start();
    }
}
