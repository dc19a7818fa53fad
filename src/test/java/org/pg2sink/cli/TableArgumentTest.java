package org.pg2sink.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableArgumentTest {

    @Test
    void aTableIsNamedAsInSql() {
        assertThat(TableArgument.parse("orders")).isEqualTo(new TableArgument("public", "orders"));
        assertThat(TableArgument.parse("sales.orders")).isEqualTo(new TableArgument("sales", "orders"));
        assertThat(TableArgument.parse("\"a.b\".\"c\"\"d\"")).isEqualTo(new TableArgument("a.b", "c\"d"));
    }

    @Test
    void aNameIsEncodedForAPath() {
        assertThat(new TableArgument("Odd schema", "50%/ü+").path()).isEqualTo("Odd%20schema/50%25%2F%C3%BC%2B");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a.b.c", "a.", "\"a", "\"\""})
    void whatIsNoNameIsRefused(String text) {
        assertThatThrownBy(() -> TableArgument.parse(text))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("names no table");
    }
}
