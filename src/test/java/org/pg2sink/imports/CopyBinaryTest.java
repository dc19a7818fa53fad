package org.pg2sink.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pg2sink.pgoutput.PackedTuples;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.pgoutput.TupleValue.Absent;
import org.pg2sink.pgoutput.TupleValue.Data;
import org.pg2sink.types.BinaryForm;
import org.pg2sink.types.Codecs;

class CopyBinaryTest {

    private static final long INTEGER = 23;
    private static final long TEXT = 25;
    private static final long BYTEA = 17;

    private static final byte[] HEADER = header("PGCOPY\n\377\r\n\0");
    private static final byte[] END = {-1, -1};

    private final CopyBinary copy = copy(INTEGER, TEXT);

    private static CopyBinary copy(long... types) {
        Codecs codecs = new Codecs(oid -> Optional.empty());
        List<BinaryForm> forms = Arrays.stream(types)
                .mapToObj(type -> codecs.of(type, -1).binaryForm().orElseThrow())
                .toList();
        return new CopyBinary(forms);
    }

    private static byte[] header(String signature) {
        byte[] bytes = signature.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(bytes.length + 8).put(bytes).array();
    }

    private static byte[] row(Object... fields) {
        ByteBuffer row = ByteBuffer.allocate(100).putShort((short) fields.length);
        for (Object field : fields) {
            if (field == null) {
                row.putInt(-1);
            } else if (field instanceof Integer number) {
                row.putInt(4).putInt(number);
            } else {
                byte[] text = field.toString().getBytes(StandardCharsets.UTF_8);
                row.putInt(text.length).put(text);
            }
        }
        return Arrays.copyOf(row.array(), row.position());
    }

    private static byte[] together(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(
                Stream.of(parts).mapToInt(part -> part.length).sum());
        Stream.of(parts).forEach(all::put);
        return all.array();
    }

    /** Returns the row of a message; null if it has none. */
    private static Tuple read(CopyBinary copy, byte[] message) {
        return read(copy, 2, message);
    }

    private static Tuple read(CopyBinary copy, int columns, byte[] message) {
        return copy.isRow(message) ? copy.read(message, new PackedTuples(columns)) : null;
    }

    private static List<String> texts(Tuple tuple) {
        return Stream.iterate(0, i -> i < tuple.size(), i -> i + 1)
                .map(tuple::get)
                .map(value -> value == Absent.NULL ? null : ((Data) value).text())
                .toList();
    }

    @Test
    void theHeaderComesWithTheFirstRow() {
        assertThat(texts(read(copy, together(HEADER, row(1, "one"))))).containsExactly("1", "one");
        assertThat(texts(read(copy, row(-2, "two")))).containsExactly("-2", "two");
    }

    @Test
    void theHeaderMayComeAlone() {
        assertThat(read(copy, HEADER)).isNull();
        assertThat(texts(read(copy, row(1, "one")))).containsExactly("1", "one");
    }

    @Test
    void theEndIsNoRow() {
        assertThat(read(copy, together(HEADER, END))).isNull();
        assertThat(read(copy, END)).isNull();
    }

    @Test
    void aFieldMayBeNull() {
        assertThat(texts(read(copy, together(HEADER, row(null, null))))).containsExactly(null, null);
    }

    @Test
    void aRowStaysAsItIsWhenOthersFollow() {
        PackedTuples rows = new PackedTuples(2);
        read(copy, HEADER);
        copy.isRow(row(1, "first"));
        Tuple first = copy.read(row(1, "first"), rows);
        Tuple second = copy.read(row(2, "second"), rows);

        assertThat(texts(first)).containsExactly("1", "first");
        assertThat(first.bytes()).isEqualTo("1first".length());
        assertThat(texts(second)).containsExactly("2", "second");
    }

    @Test
    void rowsOfAnySizeFollowOneAnother() {
        PackedTuples rows = new PackedTuples(2);
        read(copy, HEADER);
        int[] lengths = {0, 2_036, 2_037, 2_038, 5, 8_180, 8_181, 8_182, 0, 16_384, 100_000, 1};
        for (int repeated = 0; repeated < 10; repeated++) {
            for (int length : lengths) {
                byte[] message = ByteBuffer.allocate(14 + length)
                        .putShort((short) 2)
                        .putInt(4)
                        .putInt(length)
                        .putInt(length)
                        .put("x".repeat(length).getBytes(StandardCharsets.UTF_8))
                        .array();
                assertThat(copy.isRow(message)).isTrue();
                copy.read(message, rows);
            }
        }
        assertThat(rows.size()).isEqualTo(10 * lengths.length);
        for (int i = 0; i < rows.size(); i++) {
            int length = lengths[i % lengths.length];
            assertThat(texts(rows.get(i))).containsExactly(String.valueOf(length), "x".repeat(length));
        }
    }

    @Test
    void aRowThatIsMalformedInTheMiddleLeavesNothing() {
        PackedTuples rows = new PackedTuples(2);
        CopyBinary numbers = copy(INTEGER, INTEGER);
        numbers.isRow(HEADER);
        numbers.isRow(row(1, 1));
        assertThatThrownBy(() -> numbers.read(row(1, "secret"), rows)).hasMessageNotContaining("secret");
        assertThat(texts(numbers.read(row(2, 3), rows))).containsExactly("2", "3");
        assertThat(rows.size()).isEqualTo(1);
    }

    @Test
    void aRowMayHaveMoreTextThanUsual() {
        byte[] value = new byte[10_000];
        byte[] message = ByteBuffer.allocate(value.length + 6)
                .putShort((short) 1)
                .putInt(value.length)
                .array();
        CopyBinary bytea = copy(BYTEA);
        read(bytea, 1, HEADER);

        assertThat(texts(read(bytea, 1, message))).containsExactly("\\x" + "00".repeat(value.length));
    }

    @Test
    void aRowKeepsNoMoreMemoryThanItsTextHoweverManyColumnsItHas() {
        int columns = 1_000;
        CopyBinary many = copy(LongStream.generate(() -> INTEGER).limit(columns).toArray());
        ByteBuffer message = ByteBuffer.allocate(2 + 8 * columns).putShort((short) columns);
        for (int i = 0; i < columns; i++) {
            message.putInt(4).putInt(7);
        }
        read(many, columns, HEADER);

        assertThat(read(many, columns, message.array()).bytes()).isEqualTo(columns);
    }

    @Test
    void featuresThatAreNotKnownAreRefused() {
        byte[] header = HEADER.clone();
        header[HEADER.length - 8] = 1;

        assertThatThrownBy(() -> copy.isRow(header))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("COPY: the binary format has features that are not known here");
    }

    @Test
    void whatIsNoRowIsRefusedWithoutItsValues() {
        assertThatThrownBy(() -> read(copy, "secret".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("COPY: the signature of the binary format is missing");
        read(copy, HEADER);
        assertThatThrownBy(() -> read(copy, row(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("COPY: expected 2 columns, but there are 1");
        assertThatThrownBy(() -> read(copy, together(row(1, "secret"), new byte[1])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("COPY: expected 2 columns, but the row goes on");
        assertThatThrownBy(() -> read(copy, row("secret", "secret")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a binary form of type integer");
    }

    @Test
    void aRowThatIsCutOffAnywhereIsRefused() {
        read(copy, HEADER);
        byte[] whole = row(1, "one");
        for (int length = 1; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(copy, part))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("COPY: a row is cut off");
        }
    }
}
