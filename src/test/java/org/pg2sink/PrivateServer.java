package org.pg2sink;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A real server that one test has for itself, to break, and to start again with its data. */
public final class PrivateServer implements AutoCloseable {

    private final PostgresServer server;

    private PrivateServer(PostgresServer server) {
        this.server = server;
    }

    /** Starts with those settings over the usual ones; the data is kept, maybe in {@code directory}. */
    public static PrivateServer start(Path directory, Map<String, String> settings) {
        return new PrivateServer(TestServers.get().startPostgres(directory, withUsual(settings)));
    }

    private static Map<String, String> withUsual(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of("wal_level", "logical"));
        all.putAll(settings);
        return all;
    }

    /** Stops the server without waiting for its clients. */
    public void stop() {
        server.stop();
    }

    /** Starts it again, on the same port. */
    public void startAgain(Map<String, String> settings) {
        server.startAgain(withUsual(settings));
    }

    public TestDatabase database() {
        return new TestDatabase("jdbc:postgresql://localhost:" + server.port() + "/postgres?user=postgres");
    }

    @Override
    public void close() {
        server.close();
    }
}
