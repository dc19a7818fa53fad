package org.pg2sink.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.pg2sink.pgoutput.Lsn;

class BacklogPlanTest {

    private static final long MB = 1L << 20;
    private static final long FAR_AHEAD = 10_000 * MB;

    private final BacklogPlan plan = new BacklogPlan(256 * MB);

    private static SlotPosition position(long redecodedBytes, long remainingBytes) {
        long confirmed = 100_000 * MB;
        return position(confirmed - redecodedBytes, confirmed, confirmed + remainingBytes);
    }

    private static SlotPosition position(long restart, long confirmed, long walEnd) {
        return new SlotPosition(new Lsn(restart), new Lsn(confirmed), new Lsn(walEnd));
    }

    private static long messages(BacklogPlan plan, long redecodedBytes) {
        return plan.pieceMessages(position(redecodedBytes, FAR_AHEAD), 100, BacklogPlan.UNKNOWN_RATE);
    }

    @Test
    void aPieceIsAsLargeAsWhatIsDecodedAgainForIt() {
        assertThat(messages(plan, 100 * MB)).isEqualTo(100 * MB / 100);
    }

    @Test
    void aPieceHasAtMost256Megabytes() {
        assertThat(messages(plan, 257 * MB)).isEqualTo(256 * MB / 100);
    }

    @Test
    void aPieceHasAtLeast16Megabytes() {
        assertThat(messages(plan, 0)).isEqualTo(16 * MB / 100);
    }

    @Test
    void aPieceOfASmallBacklogMayBeAsSmallAsWhatIsLeftToTheStream() {
        assertThat(messages(new BacklogPlan(160 * MB), 0)).isEqualTo(10 * MB / 100);
    }

    @Test
    void aPieceHasOnlyWhatIsTakenIn30Seconds() {
        assertThat(plan.pieceMessages(position(100 * MB, FAR_AHEAD), 100, 1000)).isEqualTo(30_000);
    }

    @Test
    void aPieceHasAtLeastOneMessageHoweverWideTheRowsAre() {
        assertThat(plan.pieceMessages(position(0, FAR_AHEAD), 1000 * MB, BacklogPlan.UNKNOWN_RATE))
                .isEqualTo(1);
    }

    @Test
    void aPieceHasAtLeastOneMessageHoweverSlowlyTheyAreTaken() {
        assertThat(plan.pieceMessages(position(100 * MB, FAR_AHEAD), 100, 0.001))
                .isEqualTo(1);
    }

    @Test
    void theFirstPieceIsSmallBecauseItsMessagesAreAssumedToBeLarge() {
        assertThat(plan.firstPieceMessages(position(0, FAR_AHEAD))).isEqualTo(16 * MB / 1024);
    }

    @Test
    void aMessageIsMeasuredByTheWalThatItsPieceTook() {
        SlotPosition start = position(0, 1000, 9000);
        SlotPosition end = position(0, 4000, 9000);
        assertThat(BacklogPlan.messageBytes(start, end, 30)).isEqualTo(100);
    }

    @Test
    void aMessageIsMeasuredAsOneByteAtLeast() {
        SlotPosition start = position(0, 1000, 9000);
        assertThat(BacklogPlan.messageBytes(start, start, 30)).isEqualTo(1);
    }

    @Test
    void theRestIsStreamedWhenASixteenthOfABacklogRemains() {
        assertThat(plan.endsAt(position(0, 16 * MB + 1))).isFalse();
        assertThat(plan.endsAt(position(0, 16 * MB))).isTrue();
    }

    @Test
    void sixtyFourMegabytesMayAlwaysBeDecodedAgain() {
        BacklogPlan small = new BacklogPlan(MB);
        assertThat(small.endsAt(position(64 * MB, MB))).isFalse();
        assertThat(small.endsAt(position(64 * MB + 1, MB))).isTrue();
    }

    @Test
    void eightTimesAsMuchAsRemainsMayBeDecodedAgain() {
        assertThat(plan.endsAt(position(800 * MB, 100 * MB))).isFalse();
        assertThat(plan.endsAt(position(800 * MB + 1, 100 * MB))).isTrue();
    }

    @Test
    void eightTimesAsMuchAsTheLargestPieceMayBeDecodedAgainHoweverMuchRemains() {
        assertThat(plan.endsAt(position(2048 * MB, FAR_AHEAD))).isFalse();
        assertThat(plan.endsAt(position(2048 * MB + 1, FAR_AHEAD))).isTrue();
    }
}
