package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.avro.Conversions;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Modification;
import org.pg2sink.format.AvroFiles;

/** Values of a real server, written to Avro files and read again as the logical types that Avro has for them. */
class AvroValuesIT {

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = TestServer.newDatabase();
    }

    /** What {@code docs/types.md} says that a logical type cannot hold is null. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "uuid          | 00000000-0000-0000-0000-000000000001 | UUID           | 00000000-0000-0000-0000-000000000001",
                "date          | 2019-10-04                           | LocalDate      | 2019-10-04",
                "date          | 0044-03-15 BC                        | LocalDate      | -0043-03-15",
                "date          | infinity                             | LocalDate      | +5881580-07-11",
                "date          | -infinity                            | LocalDate      | -5877641-06-23",
                "date          | 5874897-12-31                        | LocalDate      | +5874897-12-31",
                "time          | 16:05:55.123456                      | LocalTime      | 16:05:55.123456",
                "timestamp     | 2019-10-04 16:05:55.123456           | LocalDateTime  | 2019-10-04T16:05:55.123456",
                "timestamp     | 0044-03-15 12:00:00 BC               | LocalDateTime  | -0043-03-15T12:00",
                "timestamp     | infinity                             | LocalDateTime  | +294247-01-10T04:00:54.775807",
                "timestamp     | 294276-12-31 23:59:59                | null           | null",
                "timestamptz   | 2019-10-04 16:05:55.123456+01        | Instant        | 2019-10-04T15:05:55.123456Z",
                "timestamptz   | -infinity                            | Instant        | -290308-12-21T19:59:05.224192Z",
                "timestamptz   | 294276-12-31 23:59:59+00             | null           | null",
                "numeric(10,2) | 12345678.9                           | BigDecimal     | 12345678.90",
                "numeric(10,2) | NaN                                  | null           | null",
                "numeric(3,-2) | 12345                                | BigDecimal     | 12300",
                "numeric(2,5)  | 0.00012                              | BigDecimal     | 0.00012",
                "numeric       | 1.500                                | Utf8           | 1.500",
                "numeric       | NaN                                  | Utf8           | NaN",
                "float8        | NaN                                  | Double         | NaN",
                "float4        | -Infinity                            | Float          | -Infinity",
                "bool          | t                                    | Boolean        | true",
                "interval      | 1 mon                                | Utf8           | 1 mon",
                "int[]         | {1,NULL,3}                           | Array          | [1, null, 3]"
            })
    void aValueReadsAsItsLogicalType(String type, String literal, String javaClass, String text) throws Exception {
        boolean oddScale = type.equals("numeric(3,-2)") || type.equals("numeric(2,5)");
        assumeTrue(!oddScale || TestServer.majorVersion() >= 15, "older servers have no such scales");
        Object value = through(type, literal, conversions());
        assertThat(value == null ? "null" : value.getClass().getSimpleName()).isEqualTo(javaClass);
        assertThat(String.valueOf(value)).isEqualTo(text);
    }

    /** Avro's own conversion has no such time: it would refuse the record. */
    @Test
    void theEndOfTheDayIsANumberThatIsReadWithoutConversion() throws Exception {
        assertThat(through("time", "24:00:00", new GenericData())).isEqualTo(86_400_000_000L);
    }

    @Test
    void bytesReadAsTheyWere() throws Exception {
        assertThat(through("bytea", "\\x00ff", conversions())).isEqualTo(ByteBuffer.wrap(new byte[] {0, -1}));
    }

    private static GenericData conversions() {
        GenericData data = new GenericData();
        data.addLogicalTypeConversion(new Conversions.UUIDConversion());
        data.addLogicalTypeConversion(new Conversions.DecimalConversion());
        data.addLogicalTypeConversion(new TimeConversions.DateConversion());
        data.addLogicalTypeConversion(new TimeConversions.TimeMicrosConversion());
        data.addLogicalTypeConversion(new TimeConversions.TimestampMicrosConversion());
        data.addLogicalTypeConversion(new TimeConversions.LocalTimestampMicrosConversion());
        return data;
    }

    /** From the server through a stream and a container file. */
    private Object through(String type, String literal, GenericData data) throws IOException {
        database.execute("create table sample (id int primary key, v " + type + ")");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("insert into sample values (1, '" + literal + "')");
            List<Modification> changes = subscriber.awaitModifications(1);
            byte[] file = AvroFiles.bytes(changes, "null");
            try (DataFileReader<GenericRecord> records = new DataFileReader<>(
                    new SeekableByteArrayInput(file), new GenericDatumReader<>(null, null, data))) {
                return ((GenericRecord) records.next().get("after")).get("v");
            }
        }
    }
}
