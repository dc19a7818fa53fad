package org.pg2sink;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A real server that one test has for itself, to break, and to start again with its data. */
public final class PrivateServer implements AutoCloseable {

    private final Path directory;
    private EmbeddedPostgres server;

    private PrivateServer(Path directory) {
        this.directory = directory;
    }

    /** Starts with those settings over the usual ones; the data is kept in {@code directory}. */
    public static PrivateServer start(Path directory, Map<String, String> settings) {
        PrivateServer server = new PrivateServer(directory);
        server.start(0, settings);
        return server;
    }

    private void start(int port, Map<String, String> settings) {
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setDataDirectory(directory)
                    .setCleanDataDirectory(false)
                    .setServerConfig("wal_level", "logical")
                    .setPGStartupWait(Duration.ofSeconds(60));
            settings.forEach(builder::setServerConfig);
            if (port != 0) {
                builder.setPort(port);
            }
            server = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops the server without waiting for its clients. */
    public void stop() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it again, on the same port. */
    public void startAgain(Map<String, String> settings) {
        start(server.getPort(), settings);
    }

    public TestDatabase database() {
        return new TestDatabase("jdbc:postgresql://localhost:" + server.getPort() + "/postgres?user=postgres");
    }

    @Override
    public void close() {
        stop();
    }
}
