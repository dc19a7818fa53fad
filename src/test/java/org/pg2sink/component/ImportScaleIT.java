package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A guard of the speed at which many small tables are imported, which does not measure time. */
class ImportScaleIT {

    private static final Logger LOG = LoggerFactory.getLogger(ImportScaleIT.class);

    private static final int TABLES = 300;

    /** One to publish the table, one for each watermark, one for its turn, one for its cursor; the rest is for reads again. */
    private static final int MOST_TRANSACTIONS = 7;

    private final TestDatabase database = TestServer.newDatabase();

    @Test
    void aSmallTableIsImportedInFewTransactions() {
        database.execute("do $$ begin for t in 1.." + TABLES + " loop"
                + " execute format('create table t%s (id int primary key, msg text)', t);"
                + " execute format('insert into t%s values (1, ''a''), (2, ''b'')', t);"
                + " end loop; end $$");
        long before = transactions();
        try (Subscriber subscriber = Subscriber.importing(database, "").awaitAllImported()) {
            long taken = transactions() - before;
            LOG.info("{} transactions for {} tables", taken, TABLES);
            assertThat(subscriber.modifications()).hasSize(2 * TABLES);
            assertThat(taken).isLessThan(MOST_TRANSACTIONS * TABLES);
        }
    }

    private long transactions() {
        return Long.parseLong(database.value("select pg_current_xact_id()"));
    }
}
