package org.pg2sink.types;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;

/** What values of a real server are in Java and in Avro. */
class JavaAndAvroIT {

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
    void aValueIsOfThePromisedClassAndAvroWritesAndReadsIt(Sample sample) throws Exception {
        ServerColumn column = new ServerColumn(connection, sample.type(), sample.values());
        Codec codec = column.codec();
        Schema schema = Schema.createUnion(codec.avroSchema(), Schema.create(Schema.Type.NULL));

        SoftAssertions soft = new SoftAssertions();
        for (ServerColumn.Row row : column.rows("null")) {
            Object value = codec.toJava(row.text(), 0, row.text().length);
            soft.assertThat(value).isInstanceOf(codec.javaType());
            Object datum = codec.toAvro(value);
            soft.assertThat(String.valueOf(writeAndRead(schema, datum)))
                    .as(row.toString())
                    .isEqualTo(String.valueOf(datum));
        }
        soft.assertAll();
    }

    /** The integer that Avro's logical type counts to, computed by the server. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "date        | (v - date '1970-01-01')::text",
                "time        | (extract(epoch from v) * 1000000)::bigint::text",
                "timestamp   | (extract(epoch from v) * 1000000)::numeric(40,0)::text",
                "timestamptz | (extract(epoch from v) * 1000000)::numeric(40,0)::text"
            })
    void daysAndMicrosecondsAreCountedAsTheServerDoes(String type, String expected) throws Exception {
        List<String> values = samples().stream()
                .filter(sample -> sample.type().equals(type))
                .flatMap(sample -> sample.values().stream())
                .filter(value -> !value.endsWith("infinity"))
                .toList();
        ServerColumn column = new ServerColumn(connection, type, values);
        Codec codec = column.codec();
        long most = type.equals("date") ? Integer.MAX_VALUE : Long.MAX_VALUE - 1_000_000;

        SoftAssertions soft = new SoftAssertions();
        for (ServerColumn.Row row : column.rows(expected)) {
            Object datum = codec.toAvro(codec.toJava(row.text(), 0, row.text().length));
            boolean fits = new BigDecimal(row.json()).compareTo(BigDecimal.valueOf(most)) < 0;
            soft.assertThat(String.valueOf(datum)).as(row.toString()).isEqualTo(fits ? row.json() : "null");
        }
        soft.assertAll();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "boolean                | t                          | true",
                "integer                | -5                         | -5",
                "oid                    | 4294967295                 | 4294967295",
                "real                   | 1e-45                      | 1.4E-45",
                "double precision       | -Infinity                  | -Infinity",
                "numeric                | 1.500                      | 1.500",
                "numeric                | -Infinity                  | -Infinity",
                "date                   | 0044-03-15 BC              | -0043-03-15",
                "date                   | 0001-12-31 BC              | 0000-12-31",
                "date                   | infinity                   | +999999999-12-31",
                "time                   | 24:00:00                   | 23:59:59.999999999",
                "time                   | 01:02:03.000004            | 01:02:03.000004",
                "timestamp              | 0044-03-15 12:00:00.5 BC   | -0043-03-15T12:00:00.500",
                "timestamp              | -infinity                  | -999999999-01-01T00:00",
                "timestamptz            | 2019-10-04 16:05:55.1+01   | 2019-10-04T15:05:55.100Z",
                "timestamptz            | 0001-01-01 00:30:00+01     | 0000-12-31T23:30Z",
                "integer[]              | {{1,NULL},{3,4}}           | [[1, null], [3, 4]]",
                "integer[]              | [0:1]={1,2}                | [1, 2]",
                "text[]                 | {}                         | []",
                "numbers[]              | {`{1,2}`,NULL}             | [[1, 2], null]",
                "int2vector             | 1 2                        | [1, 2]",
                "small_number           | 1.5                        | 1.50",
                "interval               | 1 mon                      | 1 mon",
                "pair                   | (1,a)                      | (1,a)"
            })
    void aTextBecomesAJavaValue(String type, String literal, String expected) throws Exception {
        assertThat(javaValue(type, literal.replace('`', '"'))).hasToString(expected);
    }

    private Object javaValue(String type, String literal) throws SQLException {
        ServerColumn column = new ServerColumn(connection, type, List.of(literal));
        byte[] text = column.rows("null").get(0).text();
        return column.codec().toJava(text, 0, text.length);
    }

    private static Object writeAndRead(Schema schema, Object datum) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<>(schema).write(datum, encoder);
        encoder.flush();
        return new GenericDatumReader<>(schema).read(null, DecoderFactory.get().binaryDecoder(out.toByteArray(), null));
    }
}
