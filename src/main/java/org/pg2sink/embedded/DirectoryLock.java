package org.pg2sink.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Reserves a directory for one pg2sink at a time. The operating system releases it when the process dies. */
final class DirectoryLock implements AutoCloseable {

    /** Directories that this JVM holds. Opening and closing the lock file a second time would release the lock (POSIX). */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;

    private DirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    static DirectoryLock take(Path directory) throws IOException {
        if (!HELD.add(directory)) {
            throw inUse(directory);
        }
        try {
            FileChannel channel =
                    FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                channel.close();
                throw inUse(directory);
            }
            return new DirectoryLock(directory, channel);
        } catch (IOException | EmbeddedServerException e) {
            HELD.remove(directory);
            throw e;
        }
    }

    private static EmbeddedServerException inUse(Path directory) {
        return new EmbeddedServerException("The directory " + directory
                + " of the embedded PostgreSQL is in use by a pg2sink that is running: stop that one, or give this one a"
                + " directory and a port of its own");
    }

    boolean isHeld() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        if (isHeld()) {
            channel.close();
            HELD.remove(directory);
        }
    }
}
