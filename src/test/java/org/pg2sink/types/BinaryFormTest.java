package org.pg2sink.types;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is printed is compared with a server by {@code CopyBinaryIT}. */
class BinaryFormTest {

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
