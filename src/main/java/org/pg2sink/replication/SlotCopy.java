package org.pg2sink.replication;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.pg2sink.pgoutput.Lsn;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies a slot to a temporary one and decodes pieces of its WAL, over a connection of its own. For one thread at a time.
 *
 * @see <a href="https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-REPLICATION">Replication Management
 *     Functions</a>
 */
final class SlotCopy {

    private static final Logger LOG = LoggerFactory.getLogger(SlotCopy.class);

    private static final int MAX_COPY_MILLIS = 60_000;

    /** Length of the header that the binary format of COPY begins with. */
    private static final int COPY_HEADER_BYTES = 19;

    /** Length of what precedes the value in a row of one column: the number of columns and the length of the value. */
    private static final int ROW_HEADER_BYTES = Short.BYTES + Integer.BYTES;

    private final Connection connection;
    private final String publication;
    private final String name = "pg2sink_" + UUID.randomUUID().toString().replace('-', '_');
    private boolean exists;

    /**
     * Uses a connection for copies of slots.
     *
     * @param connection an ordinary connection, which is closed with this object
     * @param publication the publication whose changes are decoded
     */
    SlotCopy(Connection connection, String publication) {
        this.connection = connection;
        this.publication = publication;
    }

    /** Returns the name of the temporary slot. */
    String name() {
        return name;
    }

    /** Replaces the temporary slot by a copy of another slot, which nobody may move meanwhile. Returns its position. */
    SlotPosition copy(String slot) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, MAX_COPY_MILLIS);
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
                return new SlotPosition(
                        Lsn.parse(row.getString(1)), Lsn.parse(row.getString(2)), Lsn.parse(row.getString(3)));
            }
        }
    }

    /**
     * Asks the server to decode the next piece and waits for it. From then on the copy stands at the end of the piece.
     *
     * @param messages how many messages the piece has; the server adds what completes the last transaction
     */
    Messages decode(long messages) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, 0); // the server sends nothing until the piece is decoded
        CopyOut rows = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("copy (select data from pg_logical_slot_get_binary_changes(" + Sql.literal(name)
                        + ", null, " + messages
                        + ", 'proto_version', '1', 'messages', 'true', 'publication_names', "
                        + Sql.literal(Sql.quoted(publication)) + ")) to stdout (format binary)");
        return new Messages(rows, rows.readFromCopy()); // only the first row, or the end, shows that it is decoded
    }

    /** Reads the messages of a piece from the server. */
    static final class Messages {

        private final CopyOut rows;
        private byte[] first;
        private int headerBytes = COPY_HEADER_BYTES; // the header comes with the first row

        private Messages(CopyOut rows, byte[] first) {
            this.rows = rows;
            this.first = first;
        }

        /** Returns the next message, or null after the last. */
        ByteBuffer next() throws SQLException {
            byte[] row = first != null ? first : rows.readFromCopy();
            first = null;
            if (row == null) {
                return null;
            }
            ByteBuffer data = ByteBuffer.wrap(row).position(headerBytes);
            headerBytes = 0;
            if (data.remaining() <= ROW_HEADER_BYTES) { // the trailer
                rows.readFromCopy(); // nothing but the end of the command
                return null;
            }
            return data.position(data.position() + ROW_HEADER_BYTES);
        }
    }

    /** Makes the server stop decoding or sending. Safe for any thread. */
    void cancel() {
        try {
            connection.unwrap(PGConnection.class).cancelQuery();
        } catch (SQLException e) {
            LOG.debug("Could not cancel decoding on the server", e);
        }
    }

    /** Closes the connection, which drops the temporary slot. */
    void close() {
        Connections.closeQuietly(connection);
    }

    /** Breaks the connection, whatever it is used for. Safe for any thread. */
    void abort() {
        Connections.abortQuietly(connection);
    }
}
