package org.pg2sink.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.training.TrainingTable.Column;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Compares what Java is trained with, byte by byte, with what a real server sends of the same rows. */
class TrainingIT {

    private static final int ROWS_TO_COPY = 12_000;
    private static final int ROWS_TO_STREAM = 300;
    /** The type of a message and the OID of its relation. */
    private static final int CHANGE_HEADER_BYTES = 1 + Integer.BYTES;

    private static final int FRAME_HEADER_BYTES = 1 + 3 * Long.BYTES;

    private final TestDatabase database = TestServer.newDatabase();
    private Connection connection;

    @BeforeEach
    void createTable() throws SQLException {
        connection = database.connect();
        execute(
                "create table training (id bigint primary key, account integer, paid boolean, amount numeric, note text,"
                        + " created timestamptz, reference uuid, details jsonb)");
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @Test
    void rowsAreCopiedAsAServerCopiesThem() throws SQLException {
        execute("insert into training values "
                + IntStream.rangeClosed(1, ROWS_TO_COPY)
                        .mapToObj(TrainingIT::values)
                        .collect(Collectors.joining(", ")));
        List<byte[]> copied = new ArrayList<>();
        CopyOut copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("copy (select * from training order by id) to stdout (format binary)");
        for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
            copied.add(message);
        }
        assertThat(hex(CopyMessages.of(ROWS_TO_COPY))).isEqualTo(hex(copied));
    }

    @Test
    void rowsAreStreamedAsAServerStreamsThem() throws SQLException {
        String slot = connection.getCatalog();
        execute("insert into training select id from generate_series(1, " + ROWS_TO_STREAM + ", 2) id");
        execute("create publication training for table training");
        execute("select pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
        connection.setAutoCommit(false);
        for (int row = 1; row <= ROWS_TO_STREAM; row++) {
            boolean isNew = row % 2 == 0;
            execute(
                    isNew
                            ? "insert into training values " + values(row)
                            : "update training set (id, account, paid, amount, note, created, reference, details) = "
                                    + values(row) + " where id = " + row);
            if (row % 100 == 0) {
                connection.commit();
            }
        }
        connection.setAutoCommit(true);
        List<String> streamed = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet messages = statement.executeQuery("select data from pg_logical_slot_get_binary_changes('"
                        + slot + "', null, null, 'proto_version', '1', 'publication_names', 'training')")) {
            while (messages.next()) {
                streamed.add(masked(messages.getBytes(1)));
            }
        }
        execute("select pg_drop_replication_slot('" + slot + "')");
        assertThat(SlotFrames.of(ROWS_TO_STREAM).stream()
                        .map(frame ->
                                masked(ByteBuffer.wrap(frame, FRAME_HEADER_BYTES, frame.length - FRAME_HEADER_BYTES)
                                        .slice())))
                .isEqualTo(streamed);
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String values(int row) {
        return TrainingTable.COLUMNS.stream()
                .map(Column::text)
                .map(text -> text.apply(row))
                .map(text -> text == null ? "null" : "'" + text + "'")
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private static String masked(byte[] message) {
        return masked(ByteBuffer.wrap(message));
    }

    /** Returns a message without its OIDs, LSNs, transaction ids and times. */
    private static String masked(ByteBuffer message) {
        char type = (char) message.get(0);
        byte[] rest = new byte[type == 'B' || type == 'C' ? 0 : message.remaining() - CHANGE_HEADER_BYTES];
        message.get(CHANGE_HEADER_BYTES, rest);
        return type + HexFormat.of().formatHex(rest);
    }

    private static List<String> hex(List<byte[]> messages) {
        return messages.stream().map(HexFormat.of()::formatHex).toList();
    }
}
