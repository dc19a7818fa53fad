package org.pg2sink;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Says what the processes that tests start run on: pg2sink's jar, its dependencies, and what is on the class path of the tests
 * besides. What a process loads from there is kept in an archive of Java (CDS), so that a start takes less CPU. The first
 * process makes the archive as it ends.
 */
final class ProcessClassPath {

    private static final Path ARCHIVE = Path.of("target", "processes-" + System.getProperty("java.version") + ".jsa")
            .toAbsolutePath();
    private static final Path LOCK = ARCHIVE.resolveSibling("processes.lock");

    private ProcessClassPath() {}

    /** Returns the jars first, since an archive knows nothing else. */
    static String get() {
        Stream<Path> entries = Stream.of(
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                                .split(File.pathSeparator))
                .map(Path::of);
        return Stream.concat(Stream.of(jar()), entries)
                .filter(entry -> !entry.endsWith(Path.of("target", "classes"))) // they are in the jar
                .sorted((one, other) -> Boolean.compare(Files.isDirectory(one), Files.isDirectory(other)))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Path jar() {
        return Path.of(System.getProperty("pg2sink.test.jar"));
    }

    /** Returns options for a process on this class path, or on one that begins with it. */
    static synchronized List<String> options() throws IOException {
        if (!isMade()) {
            try (FileChannel channel = FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock other = channel.lock()) { // the other JVM of the tests makes it, too
                if (!isMade()) {
                    make();
                }
            }
        }
        return List.of("-XX:SharedArchiveFile=" + ARCHIVE, "-XX:TieredStopAtLevel=1");
    }

    private static boolean isMade() throws IOException {
        return Files.exists(ARCHIVE)
                && Files.getLastModifiedTime(ARCHIVE).compareTo(Files.getLastModifiedTime(jar())) > 0;
    }

    private static void make() throws IOException {
        Path directory = Files.createTempDirectory(ARCHIVE.getParent(), "archive");
        Path archive =
                ARCHIVE.resolveSibling("processes-" + ProcessHandle.current().pid() + ".jsa");
        Installation installation = new Installation(directory, TestServer.newDatabase());
        try (Pg2sinkProcess process = installation.start(List.of("-XX:ArchiveClassesAtExit=" + archive), get())) {
            process.awaitStreaming().stop();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        Files.move(archive, ARCHIVE, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
