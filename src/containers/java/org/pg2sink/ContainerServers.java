package org.pg2sink;

import java.nio.file.Path;
import java.util.Map;

/** Servers in containers, of the images that system properties name. Whatever a test forgets goes when the JVM does. */
final class ContainerServers implements TestServers {

    @Override
    public PostgresServer startPostgres(Map<String, String> settings) {
        return ContainerPostgres.start(image("postgres"), settings);
    }

    @Override
    public PostgresServer startPostgres(Path directory, Map<String, String> settings) {
        return startPostgres(settings);
    }

    @Override
    public KafkaServer startKafka(Path directory) {
        return ContainerKafka.start(image("kafka"));
    }

    @Override
    public S3Store startS3() {
        return ContainerS3.start(image("s3"));
    }

    private static String image(String server) {
        String property = "pg2sink.test.image." + server;
        String image = System.getProperty(property);
        if (image == null) {
            throw new IllegalStateException("no image: set " + property);
        }
        return image;
    }
}
