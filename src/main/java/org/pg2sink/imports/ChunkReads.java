package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import javax.sql.DataSource;
import org.pg2sink.changelog.Changelog;
import org.pg2sink.imports.TableReader.Reading;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads chunks, each after its low watermark, and one of them ahead of its turn, on a thread of its own. The high watermark
 * is not written here, but when somebody is there to deliver the chunk: at that one the stream waits.
 */
final class ChunkReads {

    private static final Logger LOG = LoggerFactory.getLogger(ChunkReads.class);

    /** The stream comes by when the commit is on disk; with synchronous_commit off that may take the WAL writer 200 ms. */
    private static final String WRITE = """
            select pg_current_xact_id()::text, pg_logical_emit_message(true, ?, ?), set_config('synchronous_commit',
                   replace(current_setting('synchronous_commit'), 'off', 'local'), true)""";

    private final DataSource connections;
    private final TableReader reader;
    private final Pace pace;
    private final Executor aheadExecutor;

    private volatile Optional<ChunkRead> ahead = Optional.empty();

    /**
     * @param connections ordinary connections with the session settings of the stream's
     * @param reader reads for one thread at a time
     * @param pace tells how many rows a chunk may have
     * @param aheadExecutor runs the thread that reads ahead
     */
    ChunkReads(DataSource connections, TableReader reader, Pace pace, Executor aheadExecutor) {
        this.connections = connections;
        this.reader = reader;
        this.pace = pace;
        this.aheadExecutor = aheadExecutor;
    }

    /** How many rows the next chunk of a job is to have. */
    int rowsToRead(ImportJob job) {
        return reader.rowsToRead(job, pace.rows());
    }

    /** Reads the chunk after a job's cursor now; empty if the stream lets no import in. */
    Optional<ChunkRead> read(ImportJob job, Watermarks watermarks, int rows) {
        return begin(job, watermarks, rows, Runnable::run);
    }

    /** Begins to read it. */
    void beginAhead(ImportJob job, Watermarks watermarks) {
        ahead = begin(job, watermarks, rowsToRead(job), aheadExecutor);
    }

    private Optional<ChunkRead> begin(ImportJob job, Watermarks watermarks, int rows, Executor executor) {
        return watermarks.open(job.relation()).map(window -> {
            FutureTask<Reading> reading = new FutureTask<>(() -> read(job, window, rows));
            executor.execute(reading);
            return new ChunkRead(job, window, reading);
        });
    }

    private Reading read(ImportJob job, Window window, int rows) throws SQLException {
        try (Connection connection = connections.getConnection()) {
            window.written(write(connection, window.lowWatermark()));
            return reader.read(connection, job, rows);
        }
    }

    /** The job of which a chunk is read ahead. */
    Optional<ImportJob> ahead() {
        return ahead.map(ChunkRead::job);
    }

    /** What was read ahead, if it is what a job needs now; if not, it is forgotten. */
    Optional<ChunkRead> takeAhead(ImportJob job) throws SQLException, InterruptedException {
        Optional<ChunkRead> taken = ahead;
        if (taken.isPresent() && isUseful(taken.get(), job)) {
            ahead = Optional.empty();
            return taken;
        }
        discardAhead();
        return Optional.empty();
    }

    private boolean isUseful(ChunkRead read, ImportJob job) throws SQLException, InterruptedException {
        if (read.job().id() != job.id() || !read.job().cursor().equals(job.cursor())) {
            return false;
        }
        read.await();
        try (Connection connection = connections.getConnection()) {
            return !read.window().settled().isDone() && reader.isCurrent(connection, job);
        }
    }

    /** What was read ahead is of no use any more; from any thread. */
    void interrupt() {
        ahead.ifPresent(read -> read.window().interrupt());
    }

    /** Forgets what was read ahead. */
    void discardAhead() throws InterruptedException {
        if (ahead.isPresent()) {
            ChunkRead read = ahead.get();
            ahead = Optional.empty();
            read.window().interrupt();
            try {
                read.await(); // the reader is for one thread at a time
            } catch (SQLException | IllegalStateException e) {
                LOG.debug("What was read ahead is not needed, and could not be read", e);
            }
        }
    }

    /** Writes a watermark in a transaction of its own, and gives that transaction's id. */
    static long write(Connection connection, String watermark) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
            statement.setString(1, Changelog.WATERMARK_PREFIX);
            statement.setString(2, watermark);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return Long.parseLong(row.getString(1));
            }
        }
    }
}
