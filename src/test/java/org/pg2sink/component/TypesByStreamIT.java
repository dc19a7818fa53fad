package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Modification;
import org.pg2sink.format.JsonLines;
import org.pg2sink.replication.Database;
import org.pg2sink.types.Sample;
import org.pg2sink.types.Samples;

/** Edge values and random values of every type, delivered by the stream, against what a SELECT of them gives. */
@Tag("core")
class TypesByStreamIT {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    @Test
    void aValueIsTheSameByStreamAndBySelect() throws Exception {
        TestDatabase database = TestServer.newDatabase();
        database.execute(Samples.OBJECTS);
        List<Sample> samples = Samples.all();
        try (Connection connection = new Database(database.url(), null, null).connect()) {
            connection.createStatement().execute("set search_path = public");
            int values = 0;
            for (int i = 0; i < samples.size(); i++) {
                database.execute("create table sample_" + i + " (id int primary key, v "
                        + samples.get(i).type() + ")");
                values += samples.get(i).values().size();
            }
            try (Subscriber subscriber = Subscriber.start(database, "batching=true")) {
                for (int i = 0; i < samples.size(); i++) {
                    insert(connection, "sample_" + i, samples.get(i));
                }
                Map<String, List<Modification>> byTable = subscriber.awaitModifications(values).stream()
                        .collect(Collectors.groupingBy(change -> change.table().name()));

                SoftAssertions soft = new SoftAssertions();
                for (int i = 0; i < samples.size(); i++) {
                    soft.assertThat(streamed(byTable.get("sample_" + i)))
                            .as(samples.get(i).type())
                            .isEqualTo(selected(connection, "sample_" + i, samples.get(i)));
                }
                soft.assertAll();
                assertThat(values).isGreaterThan(10_000);
            }
        }
    }

    private static void insert(Connection connection, String table, Sample sample) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("insert into " + table + " select n, l::"
                + sample.type() + " from unnest(?) with ordinality as u(l, n)")) {
            insert.setArray(1, connection.createArrayOf("text", sample.values().toArray()));
            insert.execute();
        }
    }

    private static List<JsonNode> streamed(List<Modification> changes) throws Exception {
        List<JsonNode> values = new ArrayList<>();
        for (Modification change : changes) {
            String line = new String(JsonLines.bytes(List.of(change)), StandardCharsets.UTF_8);
            values.add(JSON.readTree(line).get("after").get("v"));
        }
        return values;
    }

    private static List<JsonNode> selected(Connection connection, String table, Sample sample) throws Exception {
        List<JsonNode> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("select (" + sample.json() + ")::text from " + table + " order by id")) {
            while (rows.next()) {
                values.add(JSON.readTree(rows.getString(1)));
            }
        }
        return values;
    }
}
