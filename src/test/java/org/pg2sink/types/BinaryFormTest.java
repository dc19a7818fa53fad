package org.pg2sink.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is printed is compared with a server by {@code CopyBinaryIT}. */
class BinaryFormTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "BOOLEAN     | 00 | f",
                "SMALLINT    | 8000 | -32768",
                "INTEGER     | 80000000 | -2147483648",
                "BIGINT      | 8000000000000000 | -9223372036854775808",
                "OID         | ffffffff | 4294967295",
                "DATE        | 80000000 | -infinity",
                "DATE        | 7fda970c | 5874897-12-31",
                "DATE        | ffda97a7 | 4714-11-24 BC",
                "TIME        | 000000141dd75fff | 23:59:59.999999",
                "TIMESTAMP   | 8000000000000000 | -infinity",
                "TIMESTAMPTZ | fd0f7cc1412ee23f | 4714-11-24 00:00:00.999999+00 BC",
                "NUMERIC     | 00000000c0000000 | NaN",
                "NUMERIC     | 00000000f0000000 | -Infinity",
                "NUMERIC     | 00000000 00000000 | 0",
                "NUMERIC     | 0001ffff40000004 0001 | -0.0001",
                "NUMERIC     | 0001ffff40000001 0001 | -0.0",
                "NUMERIC     | 0002000140000002 270f 270f | -99999999.00",
                "BYTEA       | 00ff | \\x00ff",
                "JSONB       | 017b7d | {}"
            })
    void noTextIsLongerThanTheMostThatIsTold(BinaryKind kind, String hex, String expected) {
        byte[] value = HexFormat.of().parseHex(hex.replace(" ", ""));
        BinaryForm form = BinaryForm.of(kind);
        byte[] text = new byte[(int) form.maxTextBytes(value, 0, value.length)];

        int end = form.print(value, 0, value.length, text, 0);

        assertThat(new String(text, 0, end, StandardCharsets.US_ASCII)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "",
            value = {
                "BOOLEAN     | 0101              | boolean",
                "SMALLINT    | 01                | smallint",
                "INTEGER     | 0102              | integer",
                "BIGINT      | 01020304          | bigint",
                "OID         | 01                | oid",
                "UUID        | 01                | uuid",
                "DATE        | 01                | date",
                "JSONB       | 027b7d            | jsonb",
                "TIME        | 7fffffffffffffff  | time without time zone",
                "TIME        | ffffffffffffffff  | time without time zone",
                "NUMERIC     | 0001              | numeric",
                "NUMERIC     | 0002000000000000 0001 | numeric",
                "NUMERIC     | 0001000012340000 0001 | numeric",
                "NUMERIC     | 0001000000000000 2710 | numeric",
                "NUMERIC     | 0001000000000000 ffff | numeric"
            })
    void whatIsNoValueOfTheTypeIsRefusedWithItsName(BinaryKind kind, String hex, String name) {
        byte[] value = HexFormat.of().parseHex(hex.replace(" ", ""));
        BinaryForm form = BinaryForm.of(kind);

        assertThatThrownBy(() -> {
                    form.maxTextBytes(value, 0, value.length);
                    form.print(value, 0, value.length, new byte[100], 0);
                })
                .isInstanceOf(MalformedValueException.class)
                .hasMessage("not a binary form of type " + name);
    }
}
