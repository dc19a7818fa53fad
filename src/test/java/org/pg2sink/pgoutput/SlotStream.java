package org.pg2sink.pgoutput;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.Predicate;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;
import org.postgresql.replication.fluent.logical.ChainedLogicalStreamBuilder;

/** A slot that is read through a replication connection: messages come when the server has them. */
record SlotStream(Connection connection, PGReplicationStream stream, PgOutputDecoder decoder) implements AutoCloseable {

    /** @param options of pgoutput, names and values by turns */
    static SlotStream open(Slot slot, int protocol, String... options) throws SQLException {
        Properties properties = new Properties();
        properties.put("replication", "database");
        properties.put("preferQueryMode", "simple");
        properties.put("assumeMinServerVersion", "9.4");
        properties.put("options", "-c logical_decoding_work_mem=64kB"); // the least: what is larger is streamed
        Connection connection = DriverManager.getConnection(slot.database().url(), properties);
        ChainedLogicalStreamBuilder builder = connection
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName(slot.name())
                .withSlotOption("proto_version", protocol)
                .withSlotOption("publication_names", "p");
        for (int i = 0; i < options.length; i += 2) {
            builder.withSlotOption(options[i], options[i + 1]);
        }
        return new SlotStream(connection, builder.start(), new PgOutputDecoder());
    }

    /** Waits for messages up to the first that is wanted. */
    List<Message> readUntil(Predicate<Message> wanted) throws SQLException {
        List<Message> messages = new ArrayList<>();
        do {
            messages.add(decoder.decode(stream.read()));
        } while (!wanted.test(messages.get(messages.size() - 1)));
        return messages;
    }

    @Override
    public void close() throws SQLException {
        stream.close();
        connection.close();
    }
}
