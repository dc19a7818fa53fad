package org.pg2sink.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pg2sink.imports.KeptPosition;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.ServerHistory;
import org.pg2sink.replication.ServerHistory.Switch;
import org.pg2sink.stream.Continuity.Continued;
import org.pg2sink.stream.Continuity.Gap;
import org.pg2sink.stream.Continuity.Memory;
import org.pg2sink.stream.Continuity.Server;
import org.pg2sink.stream.Continuity.WentBack;

/** Tells an ordinary day of a server from one on which it went back or its slot was moved. Positions are plain numbers. */
class ContinuityTest {

    private static final ServerHistory FIRST = new ServerHistory("7", 5, 1, List.of());

    private static ServerHistory promotedAt(long end) {
        return new ServerHistory("7", 5, 2, List.of(new Switch(1, new Lsn(end))));
    }

    private static Server server(ServerHistory history, long slot, long walEnd) {
        return new Server(history, Optional.of(new Lsn(slot)), new Lsn(walEnd));
    }

    /** Of session 3, which wrote its row twice. */
    private static Memory memory(long confirmed, long delivered) {
        return new Memory(FIRST, new Lsn(confirmed), new Lsn(delivered), 3, 2, false);
    }

    private static KeptPosition kept(long confirmed, long permitted, long session, long revision, boolean open) {
        return new KeptPosition("7", 5, 1, 0, new Lsn(confirmed), new Lsn(permitted), session, revision, open);
    }

    @Test
    void theFirstSessionOfAllHasNothingToCompare() {
        assertThat(Continuity.of(server(FIRST, 100, 200), null, null)).isInstanceOf(Continued.class);
    }

    @Test
    void aReconnectionIsNoNews() {
        assertThat(Continuity.of(server(FIRST, 100, 200), memory(100, 90), kept(80, 130, 3, 2, true)))
                .isInstanceOf(Continued.class);
    }

    @Test
    void aSlotThatACrashOfTheServerPutBackIsNoNewsBecauseTheWalIsTheSame() {
        assertThat(Continuity.of(server(FIRST, 50, 200), memory(100, 90), kept(80, 130, 3, 2, true)))
                .isInstanceOf(Continued.class);
    }

    @Test
    void aCrashOfOursAfterTheSlotConfirmedMoreIsNoNews() {
        assertThat(Continuity.of(server(FIRST, 120, 200), null, kept(80, 130, 3, 2, true)))
                .isInstanceOf(Continued.class);
    }

    @Test
    void anotherInstanceThatCameFurtherAndLeftIsNoNews() {
        assertThat(Continuity.of(server(FIRST, 200, 300), memory(100, 90), kept(200, 200, 4, 1, false)))
                .isInstanceOf(Continued.class);
    }

    @Test
    void anotherInstanceThatCameFurtherAndWasKilledIsNoNews() {
        assertThat(Continuity.of(server(FIRST, 210, 300), memory(100, 90), kept(200, 230, 4, 1, true)))
                .isInstanceOf(Continued.class);
    }

    @Test
    void withoutARowASlotThatAnotherClientHadSinceIsNoNews() {
        assertThat(Continuity.of(
                        server(FIRST, 200, 300),
                        new Memory(FIRST, new Lsn(100), new Lsn(90), 0, 0, false).whenOvertaken(),
                        null))
                .isInstanceOf(Continued.class);
    }

    @Test
    void aPromotionThatLostNothingThatWasDeliveredIsNoNews() {
        assertThat(Continuity.of(server(promotedAt(95), 60, 200), memory(100, 90), kept(80, 130, 3, 2, true)))
                .isInstanceOf(Continued.class);
    }

    @Test
    void aPromotionAfterASessionThatEndedInOrderIsNoNews() {
        assertThat(Continuity.of(server(promotedAt(150), 100, 200), null, kept(100, 100, 3, 3, false)))
                .isInstanceOf(Continued.class);
    }

    @Test
    void aSlotBeyondWhatTheProcessConfirmedIsAGap() {
        assertThat(Continuity.of(server(FIRST, 101, 200), memory(100, 90), kept(80, 130, 3, 2, true)))
                .isEqualTo(new Gap(new Lsn(100), new Lsn(101)));
        assertThat(Continuity.of(
                        server(FIRST, 101, 200), new Memory(FIRST, new Lsn(100), new Lsn(90), 0, 0, false), null))
                .isEqualTo(new Gap(new Lsn(100), new Lsn(101)));
    }

    @Test
    void aSlotBeyondWhatAnEarlierProcessMayHaveConfirmedIsAGap() {
        assertThat(Continuity.of(server(FIRST, 101, 200), null, kept(100, 100, 3, 3, false)))
                .isEqualTo(new Gap(new Lsn(100), new Lsn(101)));
        assertThat(Continuity.of(server(FIRST, 131, 200), null, kept(80, 130, 3, 2, true)))
                .isEqualTo(new Gap(new Lsn(130), new Lsn(131)));
    }

    @Test
    void aSlotBeyondWhatAnotherInstanceMayHaveConfirmedIsAGap() {
        assertThat(Continuity.of(server(FIRST, 231, 300), memory(100, 90), kept(200, 230, 4, 1, true)))
                .isEqualTo(new Gap(new Lsn(230), new Lsn(231)));
    }

    @Test
    void anotherSystemIsAnotherServer() {
        ServerHistory other = new ServerHistory("8", 5, 1, List.of());
        assertWentBack(Continuity.of(server(other, 100, 200), memory(100, 90), null), false);
        assertWentBack(Continuity.of(server(other, 100, 200), null, kept(100, 100, 3, 3, false)), false);
    }

    @Test
    void anotherDatabaseOfTheServerIsNotTheSame() {
        ServerHistory other = new ServerHistory("7", 6, 1, List.of());
        assertWentBack(Continuity.of(server(other, 100, 200), null, kept(100, 100, 3, 3, false)), false);
    }

    @Test
    void aPromotionThatLostWhatWasDeliveredWentBack() {
        assertWentBack(
                Continuity.of(server(promotedAt(85), 60, 200), memory(100, 90), kept(80, 130, 3, 2, true)), true);
    }

    @Test
    void aPromotionAfterASessionThatWasKilledMayHaveLostWhatWasDelivered() {
        assertWentBack(Continuity.of(server(promotedAt(150), 100, 200), null, kept(80, 130, 3, 2, true)), true);
    }

    @Test
    void aTimelineThatDoesNotComeFromTheOneBeforeWentBack() {
        ServerHistory third = new ServerHistory("7", 5, 3, List.of(new Switch(2, new Lsn(10))));
        assertWentBack(Continuity.of(server(third, 100, 200), memory(100, 90), null), true);
        Memory ofTheSecond = new Memory(promotedAt(50), new Lsn(100), new Lsn(90), 0, 0, false);
        assertWentBack(Continuity.of(server(FIRST, 40, 60), ofTheSecond, null), false);
    }

    @Test
    void aWalThatEndsBeforeWhatWasDeliveredWentBack() {
        assertWentBack(Continuity.of(server(FIRST, 60, 90), memory(100, 90), null), false);
    }

    @Test
    void aRowThatIsOlderThanRememberedWentBackHoweverLongTheWalIs() {
        assertWentBack(Continuity.of(server(FIRST, 60, 900), memory(100, 90), kept(60, 70, 3, 1, true)), false);
        assertWentBack(Continuity.of(server(FIRST, 60, 900), memory(100, 90), kept(60, 60, 2, 9, false)), false);
    }

    private static void assertWentBack(Continuity continuity, boolean named) {
        assertThat(continuity).isInstanceOfSatisfying(WentBack.class, back -> assertThat(back.named())
                .isEqualTo(named));
    }
}
