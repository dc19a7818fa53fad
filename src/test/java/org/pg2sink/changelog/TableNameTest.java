package org.pg2sink.changelog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;

class TableNameTest {

    @Test
    void aTableIsNamedWithItsNamespace() {
        assertThat(new TableName("public", "example")).hasToString("public.example");
    }

    @Test
    void theTextHasNoQuotes() {
        assertThat(new TableName("Odd schema", "tä\"ble")).hasToString("Odd schema.tä\"ble");
    }

    @Test
    void aLogicalMessageIsNamedByItsPrefix() {
        assertThat(new TableName(null, "audit")).hasToString("audit");
    }

    @Test
    void bothPartsTellTablesApart() {
        TableName name = new TableName("public", "example");

        assertThat(name).isEqualTo(new TableName("public", "example"));
        assertThat(name).isNotEqualTo(new TableName("sales", "example"));
        assertThat(name).isNotEqualTo(new TableName("public", "other"));
        assertThat(name).isNotEqualTo(new TableName(null, "example"));
    }

    @Test
    void namesThatReadTheSameAreToldApart() {
        assertThat(new TableName("a", "b.c")).isNotEqualTo(new TableName("a.b", "c"));
    }

    @Test
    void thereIsNoTableWithoutAName() {
        assertThatNullPointerException().isThrownBy(() -> new TableName("public", null));
    }
}
