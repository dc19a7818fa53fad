package org.pg2sink.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pg2sink.changelog.TableName;

class TablePatternTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "orders                   | public | orders    | true",
                "orders                   | sales  | orders    | true",
                "orders                   | public | Orders    | false",
                "sales.orders             | public | orders    | false",
                "sales.orders             | sales  | orders    | true",
                "'public.a,  sales.*_log' | sales  | x_log     | true",
                "'public.a,  sales.*_log' | sales  | log       | false",
                "*                        | sales  | whatever  | true",
                "a.c                      | x      | a.c       | false",
                "\"a.c\"                  | x      | a.c       | true",
                "\"a*\"                   | x      | abc       | false",
                "\"a\"\"b\"               | x      | a\"b      | true",
                "s.\"Odd, name\"          | s      | Odd, name | true",
                "a[b                      | s      | a[b       | true",
            })
    void aPatternMatchesATable(String list, String namespace, String name, boolean matches) {
        List<TablePattern> patterns = TablePattern.parse("tables", list);
        TableName table = new TableName(namespace, name);
        assertThat(patterns.stream().anyMatch(pattern -> pattern.matches(table)))
                .isEqualTo(matches);
    }

    @Test
    void noListIsNoPattern() {
        assertThat(TablePattern.parse("tables", null)).isEmpty();
        assertThat(TablePattern.parse("tables", " ")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,,b", ",", "a.b.c", "\"a", "a\"b", ".a", "a."})
    void whatIsNoListOfTablesIsRefusedByTheNameOfTheOption(String list) {
        assertThatThrownBy(() -> TablePattern.parse("excludeTables", list))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("excludeTables")
                .hasMessageContaining(list);
    }
}
