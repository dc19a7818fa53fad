package org.pg2sink.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.OffsetDateTime;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Transaction;

/** Which transactions a read has to have seen. */
class CommitHistoryTest {

    private static final long LATE_IN_AN_EPOCH = (1L << 32) - 1000;

    private final CommitHistory history = new CommitHistory();

    @Test
    void aTransactionThatTheStreamPassedBeforeTheLowWatermarkHasToBeSeen() {
        history.pass(transaction(90));
        history.low();

        assertThat(history.unseen(new Snapshot(90, 101, Set.of(90L)), 100, false))
                .hasValueSatisfying(reason -> assertThat(reason).contains("90"));
        history.low();
        assertThat(history.unseen(new Snapshot(101, 101, Set.of()), 100, false)).isEmpty();
    }

    @Test
    void aMessageThatBelongsToNoTransactionNeedNotBeSeen() {
        history.pass(transaction(0));
        history.low();

        Snapshot snapshot = new Snapshot(LATE_IN_AN_EPOCH, LATE_IN_AN_EPOCH, Set.of());
        assertThat(history.unseen(snapshot, LATE_IN_AN_EPOCH - 1, false)).isEmpty();
    }

    private static Transaction transaction(long xid) {
        return new Transaction(xid, 1, OffsetDateTime.now());
    }
}
