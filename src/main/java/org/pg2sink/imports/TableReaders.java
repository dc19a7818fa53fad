package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.pg2sink.imports.TableReader.Reading;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.DatabaseCatalog;

/**
 * Keeps the readers of tables, each with a catalog of its own, as many as are used at the same time. Safe for any thread,
 * without locks.
 */
final class TableReaders implements AutoCloseable {

    private final Database database;
    private final String publication;
    private final long maxBytes;

    private final Deque<TableReader> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    /**
     * @param publication the name of the publication
     * @param maxBytes the size at which a chunk ends, in bytes
     */
    TableReaders(Database database, String publication, long maxBytes) {
        this.database = database;
        this.publication = publication;
        this.maxBytes = maxBytes;
    }

    /** A read by a reader that nobody else uses meanwhile. */
    @FunctionalInterface
    interface Read {

        Reading by(TableReader reader) throws SQLException;
    }

    Reading with(Read read) throws SQLException {
        TableReader reader = idle.pollFirst();
        if (reader == null) {
            reader = new TableReader(publication, new DatabaseCatalog(database), maxBytes);
        }
        try {
            return read.by(reader);
        } finally {
            idle.addFirst(reader);
            if (closed) { // asked only now, so that it is closed either here or by close()
                close();
            }
        }
    }

    /** Returns the table of a job as it is now; empty if it is gone. */
    Optional<TableDefinition> definition(Connection connection, ImportJob job) throws SQLException {
        return TableDefinition.find(connection, publication, job.relation());
    }

    @Override
    public void close() {
        closed = true;
        for (TableReader reader = idle.pollFirst(); reader != null; reader = idle.pollFirst()) {
            reader.close();
        }
    }
}
