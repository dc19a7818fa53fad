package org.pg2sink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/**
 * Maven's local repository as {@code mvn install} would leave it, without installing: pg2sink as it was just built, and
 * links to all else that is in the real one.
 */
final class InstalledRepository {

    private static final Path DIRECTORY = Path.of("target", "installed").toAbsolutePath();

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
        Files.copy(jar, installed.resolve(name + ".jar"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(Path.of("pom.xml"), installed.resolve(name + ".pom"), StandardCopyOption.REPLACE_EXISTING);
        return DIRECTORY;
    }

    private static void linkAllBut(String name, Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> entries = Files.list(from)) {
            for (Path entry : entries.toList()) {
                Path link = to.resolve(entry.getFileName());
                if (!entry.getFileName().toString().equals(name) && Files.notExists(link)) {
                    Files.createSymbolicLink(link, entry);
                }
            }
        }
    }
}
