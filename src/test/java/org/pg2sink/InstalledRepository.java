package org.pg2sink;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Maven's local repository as {@code mvn install} would leave it, without installing: it has links to pg2sink as it was just
 * built, and to all else that is in the real one.
 */
final class InstalledRepository {

    private static final Path DIRECTORY = Path.of("target", "repository").toAbsolutePath();

    private InstalledRepository() {}

    /** Its directory; below {@code target}, since links are no use in a temporary directory. */
    static Path create() throws IOException {
        Path real = Path.of(System.getProperty("pg2sink.test.repository"));
        linkAllBut("org", real, DIRECTORY);
        linkAllBut("pg2sink", real.resolve("org"), DIRECTORY.resolve("org"));

        Path jar = Path.of(System.getProperty("pg2sink.test.jar"));
        String name = jar.getFileName().toString().replaceAll("\\.jar$", "");
        String version = name.replaceAll("^camel-pg2sink-", "");
        Path installed = Files.createDirectories(DIRECTORY.resolve("org/pg2sink/camel-pg2sink/" + version));
        link(jar, installed.resolve(name + ".jar"));
        link(Path.of("pom.xml").toAbsolutePath(), installed.resolve(name + ".pom"));
        return DIRECTORY;
    }

    private static void linkAllBut(String name, Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> entries = Files.list(from)) {
            for (Path entry : entries.toList()) {
                if (!entry.getFileName().toString().equals(name)) {
                    link(entry, to.resolve(entry.getFileName()));
                }
            }
        }
    }

    private static void link(Path file, Path link) throws IOException {
        try {
            Files.createSymbolicLink(link, file);
        } catch (FileAlreadyExistsException e) {
            // made by an earlier test, or just now by one in the other JVM
        }
    }
}
