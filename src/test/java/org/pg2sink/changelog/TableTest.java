package org.pg2sink.changelog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TableTest {

    private final Table table = Examples.table("example", "id bigint key", "msg text");

    @Test
    void versionsWithTheSameColumnsHaveTheSameFingerprint() {
        assertThat(Examples.table("example", "id bigint key", "msg text").fingerprint())
                .isEqualTo(table.fingerprint())
                .matches("[0-9a-f]{16}");
    }

    @Test
    void anotherColumnTypeOrNameHasAnotherFingerprint() {
        assertThat(List.of(
                        table,
                        Examples.table("example", "id bigint key"),
                        Examples.table("example", "id bigint key", "msg int"),
                        Examples.table("example", "id bigint key", "text text"),
                        Examples.table("example", "msg text", "id bigint key"),
                        Examples.table("other", "id bigint key", "msg text")))
                .extracting(Table::fingerprint)
                .doesNotHaveDuplicates();
    }

    @Test
    void namesThatRunTogetherAreToldApart() {
        assertThat(new Table(1, new TableName("a", "bc"), List.of()).fingerprint())
                .isNotEqualTo(new Table(1, new TableName("ab", "c"), List.of()).fingerprint());
    }

    @Test
    void aColumnIsFoundByName() {
        assertThat(table.indexOf("id")).isZero();
        assertThat(table.indexOf("msg")).isEqualTo(1);
        assertThat(table.indexOf("MSG")).isEqualTo(-1);
    }

    @Test
    void theKeyHasTheOrderOfTheColumns() {
        assertThat(Examples.table("t", "b int key", "x text", "a int key").keyNames())
                .containsExactly("b", "a");
        assertThat(Examples.table("t", "x text").keyNames()).isEmpty();
    }

    @Test
    void whatAFormatDerivesOfATableIsDerivedOnce() {
        AtomicInteger calls = new AtomicInteger();
        Table.Preparation<String> preparation = it -> it.name() + calls.incrementAndGet();

        assertThat(table.prepared(preparation)).isEqualTo("example1");
        assertThat(table.prepared(preparation)).isEqualTo("example1");
    }

    @Test
    void aPreparationMayUseAnother() {
        Table.Preparation<String> name = Table::name;

        assertThat(table.<String>prepared(it -> it.prepared(name) + "!")).isEqualTo("example!");
    }
}
