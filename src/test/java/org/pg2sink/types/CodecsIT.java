package org.pg2sink.types;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;

/** Compares the codecs with what a real server makes of the same values. */
@Tag("core")
class CodecsIT {

    private static Connection connection;

    @BeforeAll
    static void createTypes() throws SQLException {
        TestDatabase database = TestServer.newDatabase();
        database.execute(Samples.OBJECTS);
        connection = database.connect();
    }

    @AfterAll
    static void close() throws SQLException {
        connection.close();
    }

    static List<Sample> samples() {
        return Samples.all();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void jsonIsWhatTheServerWrites(Sample sample) throws Exception {
        ServerColumn column = new ServerColumn(connection, sample.type(), sample.values());
        Codec codec = column.codec();

        SoftAssertions soft = new SoftAssertions();
        for (ServerColumn.Row row : column.rows(sample.json())) {
            soft.assertThat(json(codec, row.text())).isEqualTo(row.json());
        }
        soft.assertAll();
    }

    private static String json(Codec codec, byte[] text) throws IOException {
        JsonWriter json = new JsonWriter(16);
        codec.writeJson(padded(text), 3, text.length, json);
        return new String(json.toByteArray(), StandardCharsets.UTF_8);
    }

    /** Values stand amid other bytes. */
    private static byte[] padded(byte[] value) {
        byte[] padded = new byte[value.length + 7];
        Arrays.fill(padded, (byte) '9');
        System.arraycopy(value, 0, padded, 3, value.length);
        return padded;
    }
}
