package org.pg2sink.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pg2sink.TestDatabase;

/** A replication slot that is read through SQL, which gives the same bytes as a replication connection. */
record Slot(TestDatabase database, String name) {

    static Slot create(TestDatabase database) {
        return create(database, false);
    }

    static Slot createTwoPhase(TestDatabase database) {
        return create(database, true);
    }

    private static Slot create(TestDatabase database, boolean twoPhase) {
        String name = database.value("select current_database() || '_slot'");
        database.query(
                "select pg_create_logical_replication_slot('%s', 'pgoutput', false, %s)".formatted(name, twoPhase));
        return new Slot(database, name);
    }

    /**
     * What the slot holds for the publication {@code p}, each message proven complete: encoded again it is what the
     * server sent.
     *
     * @param options of pgoutput, names and values by turns
     */
    List<Message> read(int protocol, String... options) {
        String literals = Stream.concat(
                        Stream.of("proto_version", Integer.toString(protocol), "publication_names", "p"),
                        Stream.of(options))
                .collect(Collectors.joining("', '", "'", "'"));
        List<Message> messages = new ArrayList<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set logical_decoding_work_mem = '64kB'"); // the least: what is larger is streamed
            PgOutputDecoder decoder = new PgOutputDecoder();
            try (ResultSet rows = statement.executeQuery("select data from pg_logical_slot_peek_binary_changes('" + name
                    + "', null, null, " + literals + ")")) {
                while (rows.next()) {
                    byte[] bytes = rows.getBytes(1);
                    Message message = decoder.decode(ByteBuffer.wrap(bytes));
                    assertThat(MessageEncoder.encode(message)).isEqualTo(bytes);
                    messages.add(message);
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        return withoutEmptyTransactions(messages);
    }

    /** Up to PostgreSQL 14 the server sends those, too, that changed nothing that is published. */
    private static List<Message> withoutEmptyTransactions(List<Message> messages) {
        List<Message> kept = new ArrayList<>();
        for (Message message : messages) {
            if (message instanceof Message.Commit && kept.get(kept.size() - 1) instanceof Message.Begin) {
                kept.remove(kept.size() - 1);
            } else {
                kept.add(message);
            }
        }
        return kept;
    }

    void drop() {
        database.query("select pg_drop_replication_slot('" + name + "')");
    }
}
