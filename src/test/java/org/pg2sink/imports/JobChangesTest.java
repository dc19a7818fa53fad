package org.pg2sink.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.TableName;
import org.pg2sink.imports.JobChanges.Renamed;

/** Which jobs end, are renamed and are made, by what the publication carries. */
class JobChangesTest {

    private static ImportJob job(long relation, long membership, String namespace, String name) {
        Instant now = Instant.EPOCH;
        return new ImportJob(
                relation,
                relation,
                membership,
                new TableName(namespace, name),
                List.of(),
                ImportJob.State.ACTIVE,
                1,
                null,
                0,
                null,
                now,
                0,
                0,
                null,
                0,
                0,
                0,
                now,
                null,
                null,
                now,
                null);
    }

    private static PublishedTable table(long relation, long membership, String namespace, String name) {
        return new PublishedTable(relation, membership, new TableName(namespace, name), null);
    }

    private static JobChanges between(List<ImportJob> jobs, PublishedTable... tables) {
        return JobChanges.between(jobs, List.of(tables));
    }

    private final ImportJob job = job(1, 10, "public", "example");

    @Test
    void aJobWhoseTableIsPublishedStays() {
        assertThat(between(List.of(job), table(1, 10, "public", "example")))
                .isEqualTo(new JobChanges(List.of(), List.of(), List.of()));
    }

    @Test
    void aTableWithoutAJobIsMissing() {
        PublishedTable other = table(2, 20, "public", "other");
        assertThat(between(List.of(job), table(1, 10, "public", "example"), other))
                .isEqualTo(new JobChanges(List.of(), List.of(), List.of(other)));
    }

    @Test
    void theJobOfATableThatLeftIsObsolete() {
        assertThat(between(List.of(job))).isEqualTo(new JobChanges(List.of(job), List.of(), List.of()));
    }

    @Test
    void theJobOfATableThatLeftAndCameBackIsObsoleteAndTheTableMissing() {
        PublishedTable back = table(1, 11, "public", "example");
        assertThat(between(List.of(job), back)).isEqualTo(new JobChanges(List.of(job), List.of(), List.of(back)));
    }

    @Test
    void aTableThatHasAnotherNameOrSchemaIsRenamed() {
        PublishedTable renamed = table(1, 10, "public", "renamed");
        PublishedTable moved = table(1, 10, "sales", "example");
        assertThat(between(List.of(job), renamed).renamed()).containsExactly(new Renamed(job, renamed));
        assertThat(between(List.of(job), moved).renamed()).containsExactly(new Renamed(job, moved));
    }

    @Test
    void aTableThatTookTheNameOfAnotherIsTheOneWithTheSameOid() {
        PublishedTable taker = table(2, 20, "public", "example");
        assertThat(between(List.of(job), taker)).isEqualTo(new JobChanges(List.of(job), List.of(), List.of(taker)));
    }
}
