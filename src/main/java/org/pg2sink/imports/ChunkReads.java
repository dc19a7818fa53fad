package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
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
 * Reads chunks, each after its low watermark. One chunk may be read ahead of its turn, on a thread of its own. Its high
 * watermark is written only when the chunk can be delivered, because the stream waits there.
 *
 * <p>For the import's thread, except where a method says otherwise. The reader is used by one thread at a time: the import's
 * thread awaits what is read ahead before it reads itself.
 */
final class ChunkReads {

    private static final Logger LOG = LoggerFactory.getLogger(ChunkReads.class);

    private static final String WRITE = "select pg_current_xact_id()::text, pg_logical_emit_message(true, ?, ?)";

    /** Comes after what waits for synchronous standbys, and so is visible to the snapshot that follows. */
    private static final String WRITE_AFTER_OTHERS =
            WRITE + ", set_config('synchronous_commit', replace(current_setting('" + SessionSettings.COMMITS_OF_OTHERS
                    + "'), 'off', 'local'), true)";

    private final KeptConnections connections;
    private final TableReader reader;
    private final Pace pace;
    private final Executor aheadExecutor;

    /** Written by the import's thread, read by any. */
    private volatile Optional<ChunkRead> ahead = Optional.empty();

    private volatile boolean closed;

    /** @param aheadExecutor runs the thread that reads ahead */
    ChunkReads(KeptConnections connections, TableReader reader, Pace pace, Executor aheadExecutor) {
        this.connections = connections;
        this.reader = reader;
        this.pace = pace;
        this.aheadExecutor = aheadExecutor;
    }

    /** Returns the size of the next chunk of a job, in rows. */
    int rowsToRead(ImportJob job) {
        return reader.rowsToRead(job, pace.rows());
    }

    /** Reads the chunk after a job's cursor now; empty if the stream lets no import in. */
    Optional<ChunkRead> read(ImportJob job, Watermarks watermarks, int rows) {
        return begin(job, watermarks, rows, false, Runnable::run);
    }

    /** Returns whether a chunk may be read ahead while this one is delivered. */
    boolean leavesRoom(Chunk chunk) {
        return reader.leavesRoom(chunk);
    }

    /** Begins to read the chunk after a job's cursor. */
    void beginAhead(ImportJob job, Watermarks watermarks) {
        ahead = begin(job, watermarks, rowsToRead(job), true, aheadExecutor);
        if (closed) { // asked only now, so that a window is interrupted either here or by close()
            interruptAhead();
        }
    }

    private Optional<ChunkRead> begin(
            ImportJob job, Watermarks watermarks, int rows, boolean ahead, Executor executor) {
        return watermarks.open(job).map(window -> {
            FutureTask<Reading> reading = new FutureTask<>(() -> read(job, window, rows));
            try {
                executor.execute(reading);
            } catch (RejectedExecutionException e) { // closed meanwhile
                window.interrupt();
                throw e;
            }
            return new ChunkRead(job, window, ahead, reading);
        });
    }

    private Reading read(ImportJob job, Window window, int rows) {
        return connections.with(importing(job), connection -> {
            window.written(write(connection, WRITE_AFTER_OTHERS, window.lowWatermark()));
            return reader.read(connection, job, rows);
        });
    }

    /** Returns the job that a chunk is read ahead for. */
    Optional<ImportJob> ahead() {
        return ahead.map(ChunkRead::job);
    }

    /** Returns what was read ahead if the job needs it now, and otherwise discards it. */
    Optional<ChunkRead> takeAhead(ImportJob job) throws InterruptedException {
        Optional<ChunkRead> taken = ahead;
        if (taken.isPresent() && isUseful(taken.get(), job)) {
            ahead = Optional.empty();
            return taken;
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
        return succeeds(read)
                && !read.window().settled().isDone()
                && connections.with(importing(job), connection -> reader.isCurrent(connection, job));
    }

    /** Interrupts what is read ahead, now and later: its window would keep other imports out; from any thread. */
    void close() {
        closed = true;
        interruptAhead();
    }

    private void interruptAhead() {
        ahead.ifPresent(read -> read.window().interrupt());
    }

    /** Discards what was read ahead, once the reader has ended. */
    void discardAhead() throws InterruptedException {
        if (ahead.isPresent()) {
            ChunkRead read = ahead.get();
            ahead = Optional.empty();
            read.window().interrupt();
            succeeds(read);
        }
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

    /** Writes a watermark in a transaction of its own and returns that transaction's id. */
    private static long write(Connection connection, String sql, String watermark) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, Changelog.WATERMARK_PREFIX);
            statement.setString(2, watermark);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return Long.parseLong(row.getString(1));
            }
        }
    }

    private static String importing(ImportJob job) {
        return "importing " + job.table();
    }
}
