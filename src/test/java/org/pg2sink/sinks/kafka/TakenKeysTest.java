package org.pg2sink.sinks.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pg2sink.changelog.Examples.delete;
import static org.pg2sink.changelog.Examples.insert;
import static org.pg2sink.changelog.Examples.row;
import static org.pg2sink.changelog.Examples.transaction;
import static org.pg2sink.changelog.Examples.update;

import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Examples;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Transaction;

/** Which rows leave a key that another row has already. */
class TakenKeysTest {

    private final Table plain = Examples.table("q", "n int key", "v text");
    private final Table table = new Table(plain.oid(), plain.qualifiedName(), plain.columns(), true);
    private final TakenKeys keys = new TakenKeys();
    private final Transaction transaction = transaction(1);

    private Row of(String key, String value) {
        return row(table, key, value);
    }

    @Test
    void aKeyThatIsShiftedIsTakenByTheRowBefore() {
        assertThat(keys.isTaken(update(transaction, 1, of("1", "a"), of("2", "a"))))
                .isFalse();
        assertThat(keys.isTaken(update(transaction, 2, of("2", "b"), of("3", "b"))))
                .isTrue();
        assertThat(keys.isTaken(delete(transaction, 3, of("3", "c")))).isTrue();
    }

    @Test
    void aRowThatMovesOnLeavesItsKeyToNobody() {
        keys.isTaken(update(transaction, 1, of("1", "a"), of("2", "a")));

        assertThat(keys.isTaken(update(transaction, 2, of("2", "a"), of("3", "a"))))
                .isFalse();
    }

    @Test
    void aRowThatChangesBeforeItMovesOnIsStillTheSame() {
        keys.isTaken(update(transaction, 1, of("1", "a"), of("2", "a")));
        keys.isTaken(update(transaction, 2, of("2", "a"), of("2", "x")));

        assertThat(keys.isTaken(update(transaction, 3, of("2", "x"), of("3", "x"))))
                .isFalse();
    }

    @Test
    void aKeyIsTakenByAnInsertToo() {
        keys.isTaken(insert(transaction, 1, of("2", "new")));

        assertThat(keys.isTaken(delete(transaction, 2, of("2", "old")))).isTrue();
    }

    @Test
    void anotherTransactionBeginsAnew() {
        keys.isTaken(insert(transaction, 1, of("2", "a")));

        assertThat(keys.isTaken(delete(transaction(2), 1, of("2", "b")))).isFalse();
    }

    @Test
    void aKeyThatCannotBeDeferredIsNeverTaken() {
        keys.isTaken(insert(transaction, 1, row(plain, "2", "a")));

        assertThat(keys.isTaken(delete(transaction, 2, row(plain, "2", "b")))).isFalse();
    }
}
