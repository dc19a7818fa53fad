package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import org.pg2sink.changelog.Changelog;
import org.pg2sink.imports.TableReader.Reading;
import org.pg2sink.replication.KeptConnections;
import org.pg2sink.replication.SessionSettings;
import org.pg2sink.replication.SubscriptionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads chunks, each after its low watermark. Some may be read ahead of their turn, on threads of their own. The high watermark
 * of a chunk is written only when it can be delivered, because the stream waits there.
 *
 * <p>For the import's thread, except where a method says otherwise.
 */
final class ChunkReads {

    private static final Logger LOG = LoggerFactory.getLogger(ChunkReads.class);

    private static final int FIRST_ROWS = 1000;

    private static final String WRITE = "select pg_logical_emit_message(true, ?, ?)";

    /** Comes after what waits for synchronous standbys, and so is visible to the snapshot that follows. */
    private static final String WRITE_AFTER_OTHERS =
            WRITE + ", set_config('synchronous_commit', replace(current_setting('" + SessionSettings.COMMITS_OF_OTHERS
                    + "'), 'off', 'local'), true)";

    private final KeptConnections connections;
    private final TableReaders readers;
    private final long maxBytes;
    private final Pace pace;
    private final Executor aheadExecutor;

    private final Density density;

    /** Holds the reads ahead in the order in which they are wanted. Changed by the import's thread, read by any. */
    private final Deque<ChunkRead> ahead = new ConcurrentLinkedDeque<>();

    private volatile boolean closed;

    /**
     * @param maxBytes the size at which a chunk ends, in bytes
     * @param pace tells how large chunks may be, and how many may be read ahead
     * @param aheadExecutor runs as many threads as that
     */
    ChunkReads(KeptConnections connections, TableReaders readers, long maxBytes, Pace pace, Executor aheadExecutor) {
        this.connections = connections;
        this.readers = readers;
        this.maxBytes = maxBytes;
        this.density = new Density(maxBytes);
        this.pace = pace;
        this.aheadExecutor = aheadExecutor;
    }

    /** Returns the size of the next chunk of a job, in rows: about as many as the bytes allow, by the rows so far. */
    int rowsToRead(ImportJob job) {
        if (job.rows() == 0 || job.bytes() == 0) {
            return Math.min(pace.rows(), FIRST_ROWS);
        }
        return (int) Math.max(1, Math.min(pace.rows(), maxBytes / Math.max(1, job.bytes() / job.rows())));
    }

    /** Reads the chunk after a job's cursor now; empty if the stream lets no import in. */
    Optional<ChunkRead> read(ImportJob job, Watermarks watermarks, int rows) {
        return begin(job, watermarks, density.of(job, rows), false, Runnable::run);
    }

    /** Takes note of what a chunk tells of those after it. */
    void note(ImportJob job, Chunk chunk) {
        density.note(job, chunk);
    }

    /**
     * Returns whether another chunk may be read ahead while this one is delivered. Only a large row makes a chunk too large for
     * that.
     */
    boolean leavesRoom(Chunk chunk) {
        return ahead.size() < pace.maxAhead() && chunk.bytes() < 2 * maxBytes;
    }

    /** Begins to read the chunk after a job's cursor; returns false if the stream lets no import in. */
    boolean beginAhead(ImportJob job, Watermarks watermarks) {
        Optional<ChunkRead> read = begin(job, watermarks, density.of(job, rowsToRead(job)), true, aheadExecutor);
        read.ifPresent(ahead::addLast);
        if (closed) { // asked only now, so that a window is interrupted either here or by close()
            interruptAhead();
        }
        return read.isPresent();
    }

    private Optional<ChunkRead> begin(
            ImportJob job, Watermarks watermarks, ReadSize size, boolean isAhead, Executor executor) {
        return watermarks.open(job).map(window -> {
            FutureTask<Reading> reading = new FutureTask<>(() -> read(job, window, size));
            try {
                executor.execute(reading);
            } catch (RejectedExecutionException e) { // closed meanwhile
                window.interrupt();
                throw e;
            }
            return new ChunkRead(job, size, window, isAhead, reading);
        });
    }

    private Reading read(ImportJob job, Window window, ReadSize size) {
        return connections.with(importing(job), connection -> {
            write(connection, WRITE_AFTER_OTHERS, window.lowWatermark());
            return readers.with(reader -> reader.read(connection, job, size));
        });
    }

    /** Returns the job that the next chunk is read ahead for. */
    Optional<ImportJob> ahead() {
        return Optional.ofNullable(ahead.peekFirst()).map(ChunkRead::job);
    }

    /** Returns what is read ahead for a job last. */
    Optional<ChunkRead> latestAhead(ImportJob job) {
        return ahead.stream().filter(read -> read.job().id() == job.id()).reduce((first, second) -> second);
    }

    /** Returns what was read ahead if the job needs it now, and otherwise discards all that was. */
    Optional<ChunkRead> takeAhead(ImportJob job) throws InterruptedException {
        ChunkRead first = ahead.peekFirst();
        if (first != null && isUseful(first, job)) {
            ahead.removeFirst();
            return Optional.of(first);
        }
        discardAhead();
        return Optional.empty();
    }

    private boolean isUseful(ChunkRead read, ImportJob job) throws InterruptedException {
        if (read.job().id() != job.id()
                || !read.job().cursor().equals(job.cursor())
                || read.job().hasBegun() != job.hasBegun()) {
            return false;
        }
        if (!succeeds(read) || read.window().settled().isDone()) {
            return false;
        }
        Reading reading = read.await();
        return connections.with(importing(job), connection -> isCurrent(connection, job, reading));
    }

    /** Returns whether the table of a job is still as it was when it was read. */
    private boolean isCurrent(Connection connection, ImportJob job, Reading reading) throws SQLException {
        return reading instanceof Reading.Rows rows
                && readers.definition(connection, job)
                        .filter(rows.definition()::equals)
                        .isPresent();
    }

    /** Interrupts what is read ahead, now and later; from any thread. */
    void close() {
        closed = true;
        interruptAhead();
        readers.close();
    }

    private void interruptAhead() {
        ahead.forEach(read -> read.window().interrupt());
    }

    /** Discards what was read ahead, once it has been read. */
    void discardAhead() throws InterruptedException {
        interruptAhead();
        while (!ahead.isEmpty()) {
            discardFirst();
        }
    }

    /** Discards the chunk that was read ahead first, once it has been read. */
    void discardFirst() throws InterruptedException {
        ChunkRead read = ahead.removeFirst();
        read.window().interrupt();
        succeeds(read);
    }

    /** Waits for a read ahead and returns whether it succeeds. If not, a read in its turn tells whether it still fails. */
    private static boolean succeeds(ChunkRead read) throws InterruptedException {
        try {
            read.await();
            return true;
        } catch (SubscriptionException | IllegalStateException e) {
            LOG.debug("A chunk could not be read ahead", e);
            return false;
        }
    }

    /** Writes the high watermark of a window that has the chunk. */
    void writeHighWatermark(ImportJob job, Window window) {
        connections.run(importing(job), connection -> write(connection, WRITE, window.highWatermark()));
    }

    /** Writes a watermark in a transaction of its own. */
    private static void write(Connection connection, String sql, String watermark) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, Changelog.WATERMARK_PREFIX);
            statement.setString(2, watermark);
            statement.execute();
        }
    }

    private static String importing(ImportJob job) {
        return "importing " + job.table();
    }
}
