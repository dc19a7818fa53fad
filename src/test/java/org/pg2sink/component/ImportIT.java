package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Schema;

/** What an import job delivers, and what becomes of it. */
class ImportIT {

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = TestServer.newDatabase();
    }

    @Test
    void theRowsOfATableComeOnceAfterItsSchemaInTheOrderOfItsKey() {
        database.execute(
                "create table example (id bigint primary key, msg text)",
                "insert into example select g, 'row ' || g from generate_series(1, 250) g");
        try (Subscriber subscriber = Subscriber.importing(database, "chunkSize=100")) {
            awaitState("example", "completed");

            List<Entry> entries = subscriber.entries();
            assertThat(entries.get(0)).isInstanceOf(Schema.class);
            assertThat(subscriber.modifications()).hasSize(250).allSatisfy(row -> {
                assertThat(row.operation()).isEqualTo(Operation.IMPORT);
                assertThat(row.before()).isNull();
            });
            assertThat(subscriber.modifications())
                    .extracting(row -> row.after().value(0))
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, 250)
                            .mapToObj(i -> (Object) (long) i)
                            .toList());
            assertThat(entries).hasSize(251);
        }
    }

    private void awaitState(String table, String state) {
        await().atMost(Subscriber.PATIENCE).ignoreExceptions().until(() -> database.value(
                        "select state from pg2sink.import_jobs where expired_at is null and table_name = '" + table
                                + "'")
                .equals(state));
    }
}
