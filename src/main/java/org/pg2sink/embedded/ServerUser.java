package org.pg2sink.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs programs as an unprivileged user if pg2sink runs as root: what a client has the server do, it must not do with the
 * rights of root.
 *
 * @param name the user; null for the one who runs pg2sink
 * @param prefix the words before a command that run it as this user; empty for the one who runs pg2sink
 */
record ServerUser(String name, int uid, int gid, List<String> prefix) {

    /** A user of its own is better than {@code nobody}, of whom the server's files are not safe. */
    private static final List<String> NAMES = List.of("postgres", "nobody");

    private static final Path ACCOUNTS = Path.of("/etc/passwd");

    /**
     * Returns the user who runs the server.
     *
     * @throws EmbeddedServerException if pg2sink runs as root of Linux, and there is no way to give that up
     */
    static ServerUser find() throws IOException {
        if (!isRootOfLinux()) {
            return new ServerUser(null, 0, 0, List.of());
        }
        Optional<String[]> account = account();
        if (account.isPresent()) {
            String name = account.get()[0];
            int uid = Integer.parseInt(account.get()[2]);
            int gid = Integer.parseInt(account.get()[3]);
            for (List<String> prefix : prefixes(name, uid, gid)) {
                if (succeeds(prefix, "true")) {
                    return new ServerUser(name, uid, gid, prefix);
                }
            }
        }
        throw new EmbeddedServerException(
                "The embedded PostgreSQL cannot run as root, and finds no way to give that up,"
                        + " which needs a user postgres or nobody and one of the commands setpriv, runuser and su: run pg2sink"
                        + " as another user, or set pg2sink.url to a server of your own");
    }

    boolean isAnother() {
        return !prefix.isEmpty();
    }

    /** Makes the user the owner of a directory and all in it. The directory comes last, so that it tells a half done change. */
    void own(Path directory) throws IOException {
        if (!isAnother() || Files.getAttribute(directory, "unix:uid").equals(uid)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                return give(file);
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                return give(visited);
            }
        });
    }

    private FileVisitResult give(Path path) throws IOException {
        Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
        return FileVisitResult.CONTINUE;
    }

    /** Returns whether the user is kept out of a directory, or if it does not exist, of the nearest one above it that does. */
    boolean isKeptOutOf(Path directory) {
        Path existing = directory;
        while (!Files.exists(existing)) { // notExists is false for what would lie below a file
            existing = existing.getParent();
        }
        return isAnother() && Files.isDirectory(existing) && !succeeds(prefix, "test", "-x", existing.toString());
    }

    /**
     * Checks that the user can run the programs below a directory.
     *
     * @throws EmbeddedServerException if the user cannot, which names the directory that is closed
     */
    void requireAccess(Path program) throws IOException {
        if (!isAnother() || succeeds(prefix, "test", "-x", program.toString())) {
            return;
        }
        throw new EmbeddedServerException("pg2sink runs as root, so the embedded PostgreSQL runs as the user " + name
                + ", who cannot enter " + closed(program) + ": run pg2sink as another user, or set pg2sink.url to"
                + " embedded:DIRECTORY with a directory that all users can enter, such as one in /var/lib");
    }

    private static Path closed(Path path) throws IOException {
        Path current = path.getRoot();
        for (Path name : path) {
            current = current.resolve(name);
            if (!Files.getPosixFilePermissions(current).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                return current;
            }
        }
        return path;
    }

    private static Optional<String[]> account() throws IOException {
        List<String> lines = Files.readAllLines(ACCOUNTS, StandardCharsets.ISO_8859_1);
        return NAMES.stream()
                .flatMap(name -> lines.stream().filter(line -> line.startsWith(name + ":")))
                .map(line -> line.split(":"))
                .filter(fields -> fields.length >= 4 && !fields[2].equals("0"))
                .findFirst();
    }

    private static List<List<String>> prefixes(String name, int uid, int gid) {
        return List.of(
                List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups", "--no-new-privs"),
                List.of("runuser", "-u", name, "--"),
                List.of("su", "-s", "/bin/sh", name, "-c", "exec \"$0\" \"$@\"", "--"));
    }

    private static boolean succeeds(List<String> prefix, String... words) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(words));
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // the command is not installed
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean isRootOfLinux() throws IOException {
        Path self = Path.of("/proc/self");
        return Files.exists(self) && Files.getAttribute(self, "unix:uid").equals(0);
    }
}
