package org.pg2sink.replication;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection with a temporary copy of a slot, from which one piece is read. For one thread at a time.
 *
 * @see <a href="https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-REPLICATION">Replication Management
 *     Functions</a>
 */
final class SlotCopy {

    private static final Logger LOG = LoggerFactory.getLogger(SlotCopy.class);

    /** So that the server lets go of slot and lock when this client's machine is gone. */
    static final String KEEPALIVES =
            "set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 4";

    /** How long the server may take to copy a slot. */
    private static final int ANSWER_MILLIS = 60_000;

    /** What the binary format of COPY begins with. */
    private static final int COPY_HEADER = 19;

    /** What stands before the value in a row of one column: the number of columns, the length. */
    private static final int ROW_HEADER = Short.BYTES + Integer.BYTES;

    private final Connection connection;
    private final String publication;
    private final String name = "pg2sink_" + UUID.randomUUID().toString().replace('-', '_');
    private boolean exists;

    /**
     * @param connection an ordinary one, which ends with this
     * @param publication whose changes are read
     */
    SlotCopy(Connection connection, String publication) throws SQLException {
        this.connection = connection;
        this.publication = publication;
        try (Statement statement = connection.createStatement()) {
            statement.execute(KEEPALIVES);
        }
    }

    /**
     * Where a slot stands.
     *
     * @param restartLsn from where it decodes
     * @param confirmedLsn from where it gives what it decodes
     * @param walEnd how far the WAL reaches
     */
    record Position(long restartLsn, long confirmedLsn, long walEnd) {

        /** How many bytes of WAL a piece has to decode that others had. */
        long again() {
            return confirmedLsn - restartLsn;
        }

        /** How many bytes of WAL were not given yet. */
        long left() {
            return walEnd - confirmedLsn;
        }
    }

    /** The name of the slot that is the copy. */
    String name() {
        return name;
    }

    /** Copies a slot, which nothing must move meanwhile, in place of what it copied before. */
    Position copy(String slot) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
        try (Statement statement = connection.createStatement()) {
            if (exists) {
                statement.execute("select pg_drop_replication_slot(" + Sql.literal(name) + ")");
                exists = false;
            }
            statement.execute("select pg_copy_logical_replication_slot(" + Sql.literal(slot) + ", " + Sql.literal(name)
                    + ", true)");
            exists = true;
            try (ResultSet row =
                    statement.executeQuery("select restart_lsn, confirmed_flush_lsn, pg_current_wal_flush_lsn()"
                            + " from pg_replication_slots where slot_name = " + Sql.literal(name))) {
                row.next();
                return new Position(lsn(row.getString(1)), lsn(row.getString(2)), lsn(row.getString(3)));
            }
        }
    }

    private static long lsn(String text) {
        return LogSequenceNumber.valueOf(text).asLong();
    }

    /**
     * Has the server decode what comes next, and returns when it has: the copy stands at the end of the piece from then on.
     *
     * @param messages at so many the piece ends, with the transaction that they are of
     */
    Piece begin(long messages) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, 0); // a piece is decoded before any of it is sent
        CopyOut rows = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("copy (select data from pg_logical_slot_get_binary_changes(" + Sql.literal(name)
                        + ", null, " + messages
                        + ", 'proto_version', '1', 'messages', 'true', 'publication_names', "
                        + Sql.literal(Sql.quoted(publication)) + ")) to stdout (format binary)");
        // only a row, or the end, says that it is done
        return new Piece(rows, rows.readFromCopy());
    }

    /** What is left of a piece to read. */
    static final class Piece {

        private final CopyOut rows;
        private byte[] row;
        private int header = COPY_HEADER; // it comes with the first row

        private Piece(CopyOut rows, byte[] first) {
            this.rows = rows;
            this.row = first;
        }

        /** The next message; null after the last. */
        ByteBuffer next() throws SQLException {
            if (row == null) {
                return null;
            }
            ByteBuffer data = ByteBuffer.wrap(row).position(header);
            header = 0;
            row = rows.readFromCopy();
            // without a value it is the trailer
            return data.remaining() <= ROW_HEADER ? null : data.position(data.position() + ROW_HEADER);
        }
    }

    /** Has the server stop decoding, or sending; from any thread. */
    void cancel() {
        try {
            connection.unwrap(PGConnection.class).cancelQuery();
        } catch (SQLException e) {
            LOG.debug("Could not cancel what the server decodes", e);
        }
    }

    /** Ends the connection, and the copy with it. */
    void close() {
        Connections.closeQuietly(connection);
    }

    /** Ends the connection, whatever it is doing. */
    void abort() {
        Connections.abortQuietly(connection);
    }
}
