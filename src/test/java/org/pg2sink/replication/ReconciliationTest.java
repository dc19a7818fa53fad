package org.pg2sink.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.TableName;
import org.pg2sink.replication.IdentityFault.Kind;

class ReconciliationTest {

    private static final CatalogTable A = new CatalogTable(1, new TableName("public", "a"), null);
    private static final TableName KEYLESS_NAME = new TableName("public", "keyless");
    private static final CatalogTable KEYLESS =
            new CatalogTable(2, KEYLESS_NAME, new IdentityFault(Kind.NO_IDENTITY, KEYLESS_NAME));

    private static PublicationComment comment(Set<Long> added, Set<Long> removed) {
        return new PublicationComment("", added, removed);
    }

    private static void assertNothingChanges(Reconciliation changes) {
        assertThat(changes.additions()).isEmpty();
        assertThat(changes.removals()).isEmpty();
        assertThat(changes.forgotten()).isEmpty();
    }

    @Test
    void aTableThatIsNotPublishedIsAdded() {
        Reconciliation changes = Reconciliation.of(List.of(A), Map.of(), comment(Set.of(), Set.of()));
        assertThat(changes.additions()).containsExactly(A);
        assertThat(changes.removals()).isEmpty();
    }

    @Test
    void aTableThatIsPublishedStays() {
        Map<Long, Membership> members = Map.of(1L, Membership.LISTED);
        assertNothingChanges(Reconciliation.of(List.of(A), members, comment(Set.of(1L), Set.of())));
    }

    @Test
    void aTableThatIsPublishedWithItsSchemaIsNotListedToo() {
        Map<Long, Membership> members = Map.of(1L, Membership.COVERED);
        assertNothingChanges(Reconciliation.of(List.of(A), members, comment(Set.of(), Set.of())));
    }

    @Test
    void aTableThatLeftTheSubscriptionIsRemovedIfPg2sinkAddedIt() {
        Map<Long, Membership> members = Map.of(1L, Membership.LISTED);
        Reconciliation changes = Reconciliation.of(List.of(), members, comment(Set.of(1L), Set.of()));
        assertThat(changes.removals()).containsExactly(1L);
        assertThat(changes.forgotten()).isEmpty();
    }

    @Test
    void aTableThatSomebodyElseAddedStays() {
        Map<Long, Membership> members = Map.of(1L, Membership.LISTED);
        assertNothingChanges(Reconciliation.of(List.of(), members, comment(Set.of(), Set.of())));
    }

    @Test
    void aTableThatWasDroppedIsForgotten() {
        Reconciliation changes = Reconciliation.of(List.of(), Map.of(), comment(Set.of(1L), Set.of()));
        assertThat(changes.forgotten()).containsExactly(1L);
        assertThat(changes.removals()).isEmpty();
    }

    @Test
    void aTableThatSomebodyTookOutIsAddedAgain() {
        Reconciliation changes = Reconciliation.of(List.of(A), Map.of(), comment(Set.of(1L), Set.of()));
        assertThat(changes.forgotten()).containsExactly(1L);
        assertThat(changes.additions()).containsExactly(A);
    }

    @Test
    void aTableThatPg2sinkAddedAndThatIsNowPublishedWithItsSchemaOnlyIsForgotten() {
        Map<Long, Membership> members = Map.of(1L, Membership.COVERED);
        Reconciliation changes = Reconciliation.of(List.of(A), members, comment(Set.of(1L), Set.of()));
        assertThat(changes.forgotten()).containsExactly(1L);
        assertThat(changes.additions()).isEmpty();
    }

    @Test
    void aTableThatWasRemovedOnRequestIsNotAddedAgain() {
        assertNothingChanges(Reconciliation.of(List.of(A), Map.of(), comment(Set.of(), Set.of(1L))));
    }

    @Test
    void aTableThatWasRemovedOnRequestIsNotReportedAsUnidentifiable() {
        Reconciliation changes = Reconciliation.of(List.of(KEYLESS), Map.of(), comment(Set.of(), Set.of(2L)));
        assertThat(changes.unidentifiable()).isEmpty();
    }

    @Test
    void aTableWithoutReplicaIdentityIsLeftOut() {
        Reconciliation changes = Reconciliation.of(List.of(KEYLESS), Map.of(), comment(Set.of(), Set.of()));
        assertThat(changes.additions()).isEmpty();
        assertThat(changes.unidentifiable()).containsExactly(KEYLESS);
    }

    @Test
    void aTableThatPg2sinkAddedAndThatLostItsReplicaIdentityIsRemoved() {
        Map<Long, Membership> members = Map.of(2L, Membership.LISTED);
        Reconciliation changes = Reconciliation.of(List.of(KEYLESS), members, comment(Set.of(2L), Set.of()));
        assertThat(changes.removals()).containsExactly(2L);
        assertThat(changes.unidentifiable()).containsExactly(KEYLESS);
    }
}
