package org.pg2sink.sinks.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.pg2sink.replication.SessionToken;

/**
 * Lets one process at a time write to a directory, by a lock of the operating system, which outlives no process but a process
 * that was stopped still has. Whoever takes the directory over therefore meets no line that another one is about to finish.
 * Of two sessions of a stream only the later one may write: see {@link DirectoryJournal}.
 */
final class OutputDirectory {

    private static final String LOCK_FILE = ".pg2sink.lock";

    /** The byte that is locked: far behind the journal in the same file, which others may read meanwhile. */
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    /** Time that another process has for its batch before this one gives up. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** One for each directory, because a lock belongs to the process, and closing the file a second time would release it. */
    private static final Map<Path, OutputDirectory> DIRECTORIES = new ConcurrentHashMap<>();

    private final Path path;
    /** Held while a thread of this process writes. The others wait as they would for the disk. */
    private final ReentrantLock turn = new ReentrantLock(true);

    // owned by the thread whose turn it is
    private final DirectoryJournal journal = new DirectoryJournal();

    /** Writes while nobody else does. */
    interface Writing {

        void write(DirectoryJournal journal) throws IOException;
    }

    private OutputDirectory(Path path) {
        this.path = path;
    }

    static OutputDirectory of(Path path) {
        return DIRECTORIES.computeIfAbsent(path.toAbsolutePath().normalize(), OutputDirectory::new);
    }

    /**
     * Writes as the only one.
     *
     * @param session the session that delivers; null if it is unknown
     * @throws IOException if another process writes, or the session is over; nothing was written then
     */
    void write(SessionToken session, Writing writing) throws IOException {
        turn.lock();
        try {
            Files.createDirectories(path);
            try (FileChannel channel = open()) { // closing it releases the lock
                lock(channel);
                journal.read(channel);
                admit(session);
                writing.write(journal);
            }
        } finally {
            turn.unlock();
        }
    }

    private FileChannel open() throws IOException {
        return FileChannel.open(
                path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private void lock(FileChannel channel) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!tryLock(channel)) {
            if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
                journal.read(channel);
                throw new IOException("The directory " + path + " is locked by " + journal.writer()
                        + ", which is writing to it. This process writes once that one has finished or ended: if it was"
                        + " stopped or hangs, end it.");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(LOCKED_BYTE, 1, false) != null;
        } catch (OverlappingFileLockException e) { // another class loader of this process has it
            return false;
        } catch (IOException e) {
            throw new IOException("The directory " + path + " cannot be locked (" + e.getMessage()
                    + "): the output directory must be on a file system that has locks.");
        }
    }

    private void admit(SessionToken session) throws IOException {
        if (session != null && session.began() < journal.latest(session.stream())) {
            throw new IOException("The directory " + path + " belongs to a later session of the stream "
                    + session.stream() + ", of " + journal.writer()
                    + ": what this session still had is not written. It comes again to whoever has the slot. If no other"
                    + " process writes there, delete " + path.resolve(LOCK_FILE) + ".");
        }
        journal.enter(session);
    }

    /** Forces the directory to disk, because a new file outlives a power cut only then. */
    void force() throws IOException {
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) { // elsewhere it cannot be opened
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
