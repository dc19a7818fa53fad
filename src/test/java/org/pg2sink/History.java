package org.pg2sink;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pg2sink.changelog.Announcements;
import org.pg2sink.changelog.Changelog;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.format.JsonLines;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.pgoutput.PgOutputDecoder;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.DatabaseCatalog;

/**
 * What happened to all tables of a database in a schema, as a slot of its own recorded it. It is read by SQL after the
 * fact, so it shares nothing with a stream but the decoder and the message format.
 */
final class History {

    private static final int FETCHED_ROWS = 1000;

    private final TestDatabase database;
    private final String name;

    private History(TestDatabase database, String name) {
        this.database = database;
        this.name = name;
    }

    /** Records from now on. */
    static History begin(TestDatabase database, String tables) {
        return begin(database, "history_" + database.value("select current_database()"), tables);
    }

    /** The same for one table, beside histories of others: it counts the changes of this table only. */
    static History beginOf(TestDatabase database, String table) {
        return begin(database, "history_" + database.value("select current_database()") + "_" + table, table);
    }

    private static History begin(TestDatabase database, String name, String tables) {
        database.execute(
                "create publication " + name + " for table " + tables,
                "select pg_create_logical_replication_slot('" + name + "', 'pgoutput')");
        return new History(database, name);
    }

    /** The JSON line of each change up to now, in their order, by table. */
    Map<String, List<String>> lines() throws SQLException {
        Map<String, List<String>> lines = new TreeMap<>();
        try (Connection connection = database.connect();
                DatabaseCatalog catalog = new DatabaseCatalog(new Database(database.url(), null, null));
                PreparedStatement statement = connection.prepareStatement(
                        "select data from pg_logical_slot_peek_binary_changes(?, null, null, 'proto_version', '1',"
                                + " 'publication_names', ?)")) {
            connection.setAutoCommit(false);
            statement.setFetchSize(FETCHED_ROWS);
            statement.setString(1, name);
            statement.setString(2, name);
            Changelog changelog =
                    new Changelog(catalog, ZoneOffset.UTC, position -> "1", new Announcements(), output(lines));
            PgOutputDecoder decoder = new PgOutputDecoder();
            try (ResultSet messages = statement.executeQuery()) {
                while (messages.next()) {
                    changelog.apply(decoder.decode(ByteBuffer.wrap(messages.getBytes(1))));
                }
            }
        }
        return lines;
    }

    private static Changelog.Output output(Map<String, List<String>> lines) {
        return new Changelog.Output() {
            @Override
            public void entry(Entry entry) {
                if (entry instanceof Modification) {
                    lines.computeIfAbsent(entry.table().name(), table -> new ArrayList<>())
                            .add(new String(JsonLines.bytes(List.of(entry)), StandardCharsets.UTF_8).strip());
                }
            }

            @Override
            public void committed(Lsn endLsn) {
                // all is read
            }
        };
    }
}
