package org.pg2sink.changelog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pg2sink.changelog.Examples.UNCHANGED;
import static org.pg2sink.changelog.Examples.identity;
import static org.pg2sink.changelog.Examples.row;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowTest {

    private final Table table = Examples.table("example", "id bigint key", "part int key", "msg text");
    private final Table keyless = Examples.table("keyless", "msg text");

    @Test
    void aColumnIsReadByName() {
        Row row = row(table, "7", "1", "hello");

        assertThat(row.get("id")).isEqualTo(7L);
        assertThat(row.get("part")).isEqualTo(1);
        assertThat(row.get("msg")).isEqualTo("hello");
    }

    @Test
    void aColumnThatTheTableLacksIsNull() {
        assertThat(row(table, "7", "1", "hello").get("nothing")).isNull();
    }

    @Test
    void nullIsAValueOfAWholeRow() {
        Row row = row(table, "7", "1", null);

        assertThat(row.has(2)).isTrue();
        assertThat(row.value(2)).isNull();
        assertThat(row.text(2)).isNull();
        assertThat(row.toMap()).containsEntry("msg", null);
    }

    @Test
    void nullInAReplicaIdentityIsAColumnThatTheServerDidNotSend() {
        Row row = identity(table, "7", "1", null);

        assertThat(row.has(2)).isFalse();
        assertThat(row.toMap()).containsOnlyKeys("id", "part");
    }

    @Test
    void anUnchangedValueIsUnknownAndNamed() {
        Row row = row(table, "7", "1", UNCHANGED);

        assertThat(row.has(2)).isFalse();
        assertThat(row.get("msg")).isNull();
        assertThat(row.toMap()).doesNotContainKey("msg");
        assertThat(row.unchanged()).containsExactly("msg");
    }

    @Test
    void aWholeRowHasNothingUnchanged() {
        assertThat(row(table, "7", "1", "hello").unchanged()).isEmpty();
    }

    @Test
    void aMapHasTheColumnsInTheirOrder() {
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("id", 7L);
        expected.put("part", 1);
        expected.put("msg", "hello");

        assertThat(row(table, "7", "1", "hello").toMap().entrySet()).containsExactlyElementsOf(expected.entrySet());
    }

    @Test
    void aValueIsReadAsTextToo() {
        assertThat(row(table, "7", "1", "héllo").text(2)).isEqualTo("héllo");
    }

    @Test
    void aRowHasItsKeyIfItTellsAllColumnsOfIt() {
        assertThat(row(table, "7", "1", "hello").hasKey()).isTrue();
        assertThat(identity(table, "7", "1", null).hasKey()).isTrue();
        assertThat(identity(table, "7", null, null).hasKey()).isFalse();
        assertThat(row(table, "7", UNCHANGED, "hello").hasKey()).isFalse();
    }

    @Test
    void aRowOfATableWithoutKeyHasNone() {
        assertThat(row(keyless, "hello").hasKey()).isFalse();
    }

    @Test
    void twoRowsHaveTheSameKeyIfAllItsColumnsAreEqual() {
        Row row = row(table, "7", "1", "hello");

        assertThat(row.hasKeyOf(row(table, "7", "1", "other"))).isTrue();
        assertThat(row.hasKeyOf(row(table, "7", "2", "hello"))).isFalse();
        assertThat(row.hasKeyOf(row(table, "8", "1", "hello"))).isFalse();
    }

    @Test
    void unchangedValuesAreFilledFromTheOldRow() {
        Row filled = row(table, "8", "1", UNCHANGED).filledFrom(row(table, "7", "1", "long"));

        assertThat(filled.toMap()).containsEntry("id", 8L).containsEntry("msg", "long");
        assertThat(filled.unchanged()).isEmpty();
    }

    @Test
    void valuesThatTheOldRowDoesNotHaveStayUnchanged() {
        Row filled = row(table, "8", "1", UNCHANGED).filledFrom(identity(table, "7", "1", null));

        assertThat(filled.unchanged()).containsExactly("msg");
    }

    @Test
    void aNewValueIsNeverFilled() {
        Row filled = row(table, "8", "1", null).filledFrom(row(table, "7", "1", "long"));

        assertThat(filled.toMap()).containsEntry("msg", null);
    }

    @Test
    void itsTextForLogsHasNoValues() {
        assertThat(row(table, "7", "1", "secret").toString()).doesNotContain("secret");
        assertThat(Examples.insert(Examples.transaction(1), 1, row(table, "7", "1", "secret")))
                .asString()
                .doesNotContain("secret");
    }
}
