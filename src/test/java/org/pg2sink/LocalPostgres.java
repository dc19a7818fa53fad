package org.pg2sink;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A PostgreSQL as a process. Its major version is that of {@code -Dpg2sink.test.postgres=NN}. */
final class LocalPostgres implements PostgresServer {

    private final Optional<Path> directory;
    private EmbeddedPostgres server;

    private LocalPostgres(Optional<Path> directory) {
        this.directory = directory;
    }

    /** @param directory where the data are kept; without one they go when the server does */
    static LocalPostgres start(Optional<Path> directory, Map<String, String> settings) {
        LocalPostgres postgres = new LocalPostgres(directory);
        postgres.start(0, settings);
        return postgres;
    }

    private void start(int port, Map<String, String> settings) {
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder().setPGStartupWait(Duration.ofSeconds(60));
            directory.ifPresent(data -> builder.setDataDirectory(data).setCleanDataDirectory(false));
            settings.forEach(builder::setServerConfig);
            if (port != 0) {
                builder.setPort(port);
            }
            server = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int port() {
        return server.getPort();
    }

    @Override
    public void stop() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void startAgain(Map<String, String> settings) {
        start(server.getPort(), settings);
    }

    @Override
    public void close() {
        stop();
    }
}
