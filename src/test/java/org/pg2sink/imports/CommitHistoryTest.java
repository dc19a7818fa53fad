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

    private final AtomicLong seconds = new AtomicLong();
    private final CommitHistory history = new CommitHistory(() -> TimeUnit.SECONDS.toNanos(seconds.get()));

    private static Transaction transaction(long xid) {
        return new Transaction(xid, Lsn.ZERO, OffsetDateTime.MIN, "1");
    }

    private void pass(long xid) {
        history.pass(transaction(xid));
    }

    /** Passes a low watermark that transaction {@code xid} wrote. */
    private long low(long xid) {
        return history.low(transaction(xid));
    }

    private Optional<String> unseen(String snapshot, long low) {
        return history.unseen(Snapshot.parse(snapshot), low, false);
    }

    private void forget(String snapshot, long oldest, long newest) {
        history.forget(Snapshot.parse(snapshot), oldest, newest);
    }

    @Test
    void aChunkThatSeesAllThatWasPassedBeforeItsLowWatermarkIsGood() {
        pass(10);
        pass(11);
        assertThat(unseen("13:13:", low(12))).isEmpty();
    }

    @Test
    void aTransactionThatWasPassedButIsNotVisibleYetIsTold() {
        pass(10);
        assertThat(unseen("10:12:10", low(11)))
                .hasValueSatisfying(reason -> assertThat(reason).contains("10"));
    }

    @Test
    void whatIsPassedAfterTheLowWatermarkNeedNotBeSeen() {
        long low = low(13);
        pass(14);
        assertThat(unseen("14:16:14", low)).isEmpty();
    }

    @Test
    void whatIsPassedBetweenTheLowWatermarksOfTwoChunksHasToBeSeenByTheSecondOnly() {
        long first = low(13);
        pass(14);
        long second = low(15);
        assertThat(unseen("14:16:14", first)).isEmpty();
        assertThat(unseen("14:16:14", second)).isPresent();
    }

    @Test
    void whatRanWhenTheHistoryBeganIsSuspectedUntilItEnds() {
        assertThat(unseen("10:12:10", low(11))).isPresent();
        assertThat(unseen("10:14:10", low(13))).isPresent();
        assertThat(unseen("15:16:", low(15))).isEmpty();
    }

    @Test
    void whatBeganAfterTheHistoryIsNoSuspect() {
        low(11);
        assertThat(unseen("12:15:12", low(13))).isEmpty();
    }

    @Test
    void aReadThatWasEarlierThanAnotherHasItsOwnSuspects() {
        long first = low(11);
        long second = low(12);
        assertThat(unseen("14:14:", first)).isEmpty();
        assertThat(unseen("10:13:10", second)).isPresent();
    }

    @Test
    void whatRanWhenTheHistoryBeganIsSuspectedForTenSecondsFromTheFirstWatermarkOnHoweverLongTheStreamRuns() {
        seconds.set(60);
        assertThat(unseen("10:12:10", low(11))).isPresent();
        seconds.set(71);
        assertThat(unseen("10:14:10", low(13))).isEmpty();
    }

    @Test
    void aSuspectThatIsPassedAfterTheLowWatermarkIsNone() {
        long low = low(11);
        pass(10); // its commit stands after the watermark, so it was not passed before
        assertThat(unseen("10:12:10", low)).isEmpty();
    }

    @Test
    void aMessageOutsideOfAnyTransactionIsNoTransaction() {
        pass(0);
        assertThat(unseen("3000000000:3000000000:", low(2_999_999_999L))).isEmpty();
    }

    @Test
    void tooManyTransactionsBetweenTheWatermarksMakeTheChunkBeReadAgain() {
        long early = low(100);
        for (int xid = 1; xid <= 100_001; xid++) {
            pass(xid);
        }
        assertThat(unseen("200000:200000:", early)).isPresent();
        long late = low(200_001);
        assertThat(unseen("200002:200002:", late)).isEmpty();
        assertThat(unseen("200000:200000:", early)).isPresent();
    }

    @Test
    void whatAReadSawIsForgottenOnceNoWindowIsOpenThatWasOpenBeforeIt() {
        pass(10);
        long low = low(11);
        forget("12:12:", 1, 2); // window 2 was open, too, and may have been read before
        forget("12:12:", 2, 3);
        assertThat(unseen("10:12:10", low)).isPresent();
        forget("12:12:", 3, 4);
        seconds.set(11); // so that it is no suspect either
        assertThat(unseen("10:12:10", low)).isEmpty();
    }
}
