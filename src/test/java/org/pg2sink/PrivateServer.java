package org.pg2sink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** A real server that one test has for itself, to break, and to start again with its data. */
public final class PrivateServer implements AutoCloseable {

    private final PostgresServer server;
    private final Path directory;

    private PrivateServer(PostgresServer server, Path directory) {
        this.server = server;
        this.directory = directory;
    }

    /** Starts with those settings over the usual ones; the data is kept, maybe in {@code directory}. */
    public static PrivateServer start(Path directory, Map<String, String> settings) {
        return new PrivateServer(TestServers.get().startPostgres(directory, withUsual(settings)), directory);
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

    /** Stops the server, copies its data, and starts it again. */
    public void backUp(Path backup) {
        stop();
        copy(directory, backup);
        startAgain(Map.of());
    }

    /** Puts a copy of its data in the place of what the stopped server has. */
    public void restore(Path backup) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(directory)) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        copy(backup, directory);
    }

    /** Copies the data of a stopped server. */
    public static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (!Files.isDirectory(copy)) {
                    Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
            Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the stopped server as a standby that has received what it has, and promotes it: it begins a new timeline. */
    public void startPromoted() {
        try {
            Files.createFile(directory.resolve("standby.signal"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        startAgain(Map.of());
        database().query("select pg_promote()");
    }

    public TestDatabase database() {
        return new TestDatabase("jdbc:postgresql://localhost:" + server.port() + "/postgres?user=postgres");
    }

    @Override
    public void close() {
        server.close();
    }
}
