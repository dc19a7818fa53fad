package org.pg2sink.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.SubscriptionException;

class CatchUpPolicyTest {

    private static final long BACKLOG = 1_000;

    private long nanos = 42;
    private final CatchUpPolicy policy = policy(true, true);

    private CatchUpPolicy policy(boolean catchUp, boolean confirm) {
        return new CatchUpPolicy(
                new StreamOptions(true, 10, 10, 10, 1, 1, true, confirm, catchUp, BACKLOG, ZoneOffset.UTC),
                () -> nanos);
    }

    @Test
    void moreUnconfirmedWalThanTheOptionSaysIsABacklog() {
        policy.measured(new Lsn(5_000));

        assertThat(policy.isBacklog(new Lsn(4_000))).isFalse();
        assertThat(policy.isBacklog(new Lsn(3_999))).isTrue();
        assertThat(policy.walEnd()).isEqualTo(new Lsn(5_000));
    }

    @Test
    void nothingIsABacklogWithoutTheOption() {
        CatchUpPolicy off = policy(false, true);
        off.measured(new Lsn(5_000));

        assertThat(off.isBacklog(new Lsn(0))).isFalse();
    }

    @Test
    void nothingIsABacklogWhereTheSlotDoesNotMove() {
        CatchUpPolicy looking = policy(true, false);
        looking.measured(new Lsn(5_000));

        assertThat(looking.isBacklog(new Lsn(0))).isFalse();
    }

    @Test
    void aBacklogLastsIfItIsThereTwiceInARow() {
        policy.measured(new Lsn(5_000));

        assertThat(policy.isLastingBacklog(new Lsn(0))).isFalse();
        assertThat(policy.isLastingBacklog(new Lsn(0))).isTrue();
    }

    @Test
    void aMomentWithoutBacklogBeginsTheCountAgain() {
        policy.measured(new Lsn(5_000));
        policy.isLastingBacklog(new Lsn(0));

        assertThat(policy.isLastingBacklog(new Lsn(4_500))).isFalse();
        assertThat(policy.isLastingBacklog(new Lsn(0))).isFalse();
    }

    private static SubscriptionException failure(String sqlState) {
        Database database = new Database("jdbc:postgresql://localhost/none", null, null);
        return SubscriptionException.of(new SQLException("no", sqlState), "catching up", database);
    }

    @ParameterizedTest
    @ValueSource(strings = {"25P03", "25P04", "57P05", "57014", "53400"})
    void aLimitOfTheServerIsNoDisconnection(String sqlState) {
        policy.measured(new Lsn(5_000));
        policy.failed(failure(sqlState), true);

        assertThat(policy.isBacklog(new Lsn(0))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"08006", "57P01"})
    void aBacklogIsReadAgainAfterADisconnectionButNotEndlesslyWithoutProgress(String sqlState) {
        policy.measured(new Lsn(5_000));
        policy.failed(failure(sqlState), false);
        assertThat(policy.isBacklog(new Lsn(0))).isTrue();
        policy.failed(failure(sqlState), true);
        policy.failed(failure(sqlState), false);
        assertThat(policy.isBacklog(new Lsn(0))).isTrue();
        policy.failed(failure(sqlState), false);
        assertThat(policy.isBacklog(new Lsn(0))).isFalse();
    }

    @Test
    void whatIsLeftOfABacklogThatEndedEarlyIsStreamed() {
        policy.measured(new Lsn(5_000));
        policy.ended(new Lsn(5_000), new Lsn(4_900));
        assertThat(policy.isBacklog(new Lsn(0))).isTrue();
        policy.ended(new Lsn(5_000), new Lsn(100));
        assertThat(policy.isBacklog(new Lsn(0))).isFalse();
    }

    @Test
    void aBacklogThatTheServerRefusesIsStreamedForTenMinutes() {
        policy.measured(new Lsn(5_000));
        policy.failed(failure("53400"), false);

        assertThat(policy.isBacklog(new Lsn(0))).isFalse();
        nanos += TimeUnit.MINUTES.toNanos(10) - 1;
        assertThat(policy.isBacklog(new Lsn(0))).isFalse();
        nanos++;
        assertThat(policy.isBacklog(new Lsn(0))).isTrue();
    }
}
