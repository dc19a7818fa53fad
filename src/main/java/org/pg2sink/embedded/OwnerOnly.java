package org.pg2sink.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;

/** Closes files and directories to other users, where the file system knows users (POSIX). */
public final class OwnerOnly {

    private OwnerOnly() {}

    static void directory(Path directory) throws IOException {
        set(directory, "rwx------");
    }

    /** Lets others reach what they know by name. They cannot list the directory. */
    static void butEntered(Path directory) throws IOException {
        set(directory, "rwx--x--x");
    }

    /** Creates the file if it is absent, and closes it. */
    public static void file(Path file) throws IOException {
        if (Files.notExists(file)) {
            Files.createFile(file);
        }
        set(file, "rw-------");
    }

    /** Writes a file that nobody else can read at any moment, and that is never half there. */
    public static void write(Path file, String text) throws IOException {
        Path written = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(written);
        Files.createFile(written);
        set(written, "rw-------");
        Files.writeString(written, text, StandardCharsets.UTF_8, StandardOpenOption.TRUNCATE_EXISTING);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void set(Path path, String permissions) throws IOException {
        FileStore store = Files.getFileStore(path);
        if (store.supportsFileAttributeView(PosixFileAttributeView.class)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        }
    }
}
