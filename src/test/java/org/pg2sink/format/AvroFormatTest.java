package org.pg2sink.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pg2sink.changelog.Column;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Schema;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.TableName;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.pgoutput.TupleValue;
import org.pg2sink.types.Codecs;

class AvroFormatTest {

    private static final long BIGINT = 20;
    private static final long TEXT = 25;

    private final Table table = table();
    private final Transaction transaction = new Transaction(
            757, Lsn.parse("16/B374D848"), OffsetDateTime.parse("2019-10-04T16:05:55.123456+01:00"), "1");

    @Test
    void theSchemaIsThatOfTheDocumentation() throws IOException {
        assertThat(Files.readString(Path.of("docs/message-format.md")))
                .contains("\n" + AvroRecords.of(table).modification() + "\n");
    }

    /** Some need a library that this project does not need but for its sinks, as the documentation says. */
    @ParameterizedTest
    @ValueSource(strings = {"null", "deflate", "bzip2", "zstandard", "snappy", "xz"})
    void aFileIsCompressedByAnyCodecOfAvros(String codec) throws IOException {
        byte[] file = AvroFiles.bytes(List.of(insert(1), insert(2)), codec);

        try (DataFileReader<GenericRecord> records = read(file)) {
            assertThat(records.getMetaString("avro.codec")).isEqualTo(codec);
            assertThat(records.next().get("sequence")).isEqualTo(1L);
            assertThat(records.next().get("sequence")).isEqualTo(2L);
            assertThat(records.hasNext()).isFalse();
        }
    }

    @Test
    void aSchemaAloneIsAFileWithoutRecords() throws IOException {
        byte[] file = AvroFiles.bytes(List.of(new Schema(transaction, table)), "null");

        try (DataFileReader<GenericRecord> records = read(file)) {
            assertThat(records.getSchema()).isEqualTo(AvroRecords.of(table).modification());
            assertThat(records.hasNext()).isFalse();
        }
    }

    private static DataFileReader<GenericRecord> read(byte[] file) throws IOException {
        return new DataFileReader<>(new SeekableByteArrayInput(file), new GenericDatumReader<>());
    }

    private Modification insert(long sequence) {
        Row row = new Row(table, Tuple.of(new TupleValue[] {text("1"), text("hello world")}), false);
        return new Modification(transaction, sequence, Operation.INSERT, table, null, row);
    }

    private static TupleValue text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return new TupleValue.Data(TupleValue.Format.TEXT, bytes, 0, bytes.length);
    }

    private static Table table() {
        Codecs codecs = new Codecs(oid -> Optional.empty());
        return new Table(
                1,
                new TableName("public", "example"),
                List.of(new Column("id", codecs.of(BIGINT, -1), true), new Column("msg", codecs.of(TEXT, -1), false)));
    }
}
