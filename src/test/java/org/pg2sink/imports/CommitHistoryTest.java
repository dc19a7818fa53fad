package org.pg2sink.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.pgoutput.Lsn;

class CommitHistoryTest {

    private final CommitHistory history = new CommitHistory();

    private void pass(long xid) {
        history.pass(new Transaction(xid, Lsn.ZERO, OffsetDateTime.MIN, "1"));
    }

    private Optional<String> unseen(String snapshot, long lowXid) {
        return history.unseen(Snapshot.parse(snapshot), lowXid, false);
    }

    @Test
    void aChunkThatSeesAllThatWasPassedBeforeItsLowWatermarkIsGood() {
        pass(10);
        pass(11);
        history.low();
        assertThat(unseen("13:13:", 12)).isEmpty();
    }

    @Test
    void aTransactionThatWasPassedButIsNotVisibleYetIsTold() {
        pass(10);
        history.low();
        assertThat(unseen("10:12:10", 11))
                .hasValueSatisfying(reason -> assertThat(reason).contains("10"));
    }

    @Test
    void whatIsPassedAfterTheLowWatermarkNeedNotBeSeen() {
        history.low();
        assertThat(unseen("12:13:", 12)).isEmpty(); // so that nothing is suspected any more
        history.low();
        pass(14);
        assertThat(unseen("14:16:14", 13)).isEmpty();
    }

    @Test
    void whatRanWhenTheHistoryBeganIsSuspectedUntilItEnds() {
        history.low();
        assertThat(unseen("10:12:10", 11)).isPresent();
        history.low();
        assertThat(unseen("10:14:10", 13)).isPresent();
        history.low();
        assertThat(unseen("15:16:", 15)).isEmpty();
    }

    @Test
    void whatRanWhenTheHistoryBeganIsSuspectedForTenSecondsFromTheFirstWatermarkOnHoweverLongTheStreamRuns() {
        AtomicLong seconds = new AtomicLong();
        CommitHistory late = new CommitHistory(() -> TimeUnit.SECONDS.toNanos(seconds.get()));
        seconds.set(60);
        late.low();
        assertThat(late.unseen(Snapshot.parse("10:12:10"), 11, false)).isPresent();
        seconds.set(71);
        late.low();
        assertThat(late.unseen(Snapshot.parse("10:14:10"), 13, false)).isEmpty();
    }

    @Test
    void aSuspectThatIsPassedAfterTheLowWatermarkIsNone() {
        history.low();
        pass(10); // its commit stands after the watermark, so it was not passed before
        assertThat(unseen("10:12:10", 11)).isEmpty();
    }

    @Test
    void aMessageOutsideOfAnyTransactionIsNoTransaction() {
        pass(0);
        history.low();
        assertThat(unseen("3000000000:3000000000:", 2_999_999_999L)).isEmpty();
    }

    @Test
    void tooManyTransactionsBetweenTheWatermarksMakeTheChunkBeReadAgain() {
        history.low();
        for (int xid = 1; xid <= 100_001; xid++) {
            pass(xid);
        }
        assertThat(unseen("200000:200000:", 100)).isPresent();
        history.low();
        assertThat(unseen("200002:200002:", 200_001)).isEmpty();
    }
}
