package org.pg2sink.changelog;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pg2sink.pgoutput.Lsn;

class EntryTallyTest {

    private static final Transaction TRANSACTION = new Transaction(1, new Lsn(1), OffsetDateTime.now(), "1");

    private final EntryTally tally = new EntryTally();
    private final List<EntryTally.Count> counts = new ArrayList<>();

    @Test
    void operationsOfATableAreToldApart() {
        tally.listen(counts::add);
        Table table = table("public", "a");
        tally.add(List.of(
                new Schema(TRANSACTION, table),
                change(table, Operation.INSERT),
                change(table, Operation.INSERT),
                change(table, Operation.DELETE)));

        assertThat(counts).hasSize(2);
        assertThat(count("a", Operation.INSERT).entries()).isEqualTo(2);
        assertThat(count("a", Operation.DELETE).entries()).isEqualTo(1);
        assertThat(tally.entries(Operation.INSERT)).isEqualTo(2);
    }

    @Test
    void theLatestChangeOfATableIsKnownAndAnImportIsNone() {
        Table table = table("public", "a");
        tally.add(List.of(change(table, Operation.IMPORT)));
        assertThat(tally.latestChange(new TableName("public", "a"))).isEmpty();
        tally.add(List.of(change(table, Operation.INSERT), change(table, Operation.DELETE)));
        assertThat(tally.latestChange(new TableName("public", "a")))
                .contains(TRANSACTION.commitTime().toInstant());
        assertThat(tally.latestChange(new TableName("public", "b"))).isEmpty();
    }

    @Test
    void tablesBeyondTheLimitShareOneCount() {
        tally.listen(counts::add);
        for (int i = 0; i < 3 * EntryTally.MAX_TABLES; i++) {
            tally.add(List.of(change(table("public", "t" + i), Operation.INSERT)));
        }
        assertThat(counts).hasSize(EntryTally.MAX_TABLES + 1);
        assertThat(count("(others)", Operation.INSERT).entries()).isEqualTo(2 * EntryTally.MAX_TABLES);
    }

    @Test
    void logicalMessagesShareOneCountWhateverTheirPrefix() {
        tally.listen(counts::add);
        for (int i = 0; i < 2 * EntryTally.MAX_TABLES; i++) {
            tally.add(List.of(change(table(null, "prefix" + i), Operation.MESSAGE)));
        }
        assertThat(counts).hasSize(1);
        assertThat(count("(messages)", Operation.MESSAGE).entries()).isEqualTo(2 * EntryTally.MAX_TABLES);
    }

    @Test
    void aLateListenerHearsOfWhatIsThere() {
        tally.add(List.of(change(table("public", "a"), Operation.INSERT)));
        tally.listen(counts::add);
        assertThat(counts).hasSize(1);
    }

    private EntryTally.Count count(String table, Operation operation) {
        return counts.stream()
                .filter(it -> it.table().name().equals(table) && it.operation() == operation)
                .findFirst()
                .orElseThrow();
    }

    private static Table table(String namespace, String name) {
        return new Table(1, new TableName(namespace, name), List.of());
    }

    private static Modification change(Table table, Operation operation) {
        return new Modification(TRANSACTION, 1, operation, table, null, null);
    }
}
