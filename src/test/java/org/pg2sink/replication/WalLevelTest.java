package org.pg2sink.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WalLevelTest {

    @Test
    void logicalSufficesOnEachServer() {
        assertThat(new WalLevel(14, "logical", null).problem()).isEmpty();
        assertThat(new WalLevel(19, "logical", "logical").problem()).isEmpty();
    }

    @Test
    void replicaHasToBeRaisedBefore19() {
        assertThat(new WalLevel(18, "replica", null).problem()).hasValueSatisfying(problem -> assertThat(problem)
                .contains("wal_level is replica, but pg2sink needs logical")
                .contains("ALTER SYSTEM SET wal_level = logical"));
    }

    @Test
    void replicaRisesByItselfFrom19On() {
        assertThat(new WalLevel(19, "replica", "replica").problem()).isEmpty();
        assertThat(new WalLevel(20, "replica", "logical").problem()).isEmpty();
    }

    @Test
    void minimalNeverSuffices() {
        assertThat(new WalLevel(19, "minimal", "minimal").problem()).hasValueSatisfying(problem -> assertThat(problem)
                .contains("wal_level is minimal (effective_wal_level is minimal)")
                .contains("needs replica or logical"));
    }
}
