package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the SQL route makes of a random workload beside a subscription of the server itself, on the same publication.
 * {@code -Dpg2sink.test.seed} repeats the statements, {@code -Dpg2sink.test.rounds} runs more of them.
 */
class NativeSubscriberIT {

    private static final Logger LOG = LoggerFactory.getLogger(NativeSubscriberIT.class);

    private static final int TRANSACTIONS = 40;
    private static final int MIN_BATCH_SIZE = 30;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final TestDatabase source = TestServer.newDatabase();
    private final TestDatabase copy = TestServer.newDatabase();
    private final TestDatabase subscriber = TestServer.newDatabase();
    private final String slot = "native_" + source.value("select current_database()");

    @TempDir
    private Path directory;

    private Installation installation;

    @BeforeEach
    void configure() throws Exception {
        for (TestDatabase database : List.of(source, copy, subscriber)) {
            database.execute(SubscribedTables.DDL);
        }
        installation = new Installation(directory, source)
                .set("pg2sink.sinks", "direct:sql")
                .set("pg2sink.sql.url", copy.url());
    }

    @AfterEach
    void dropSubscription() {
        if (!subscriber
                .query("select 1 from pg_subscription where subname = 'native'")
                .isEmpty()) {
            subscriber.execute(
                    "alter subscription native disable",
                    "alter subscription native set (slot_name = none)",
                    "drop subscription native");
        }
    }

    @Test
    void theCopyIsWhatTheServersOwnSubscriberIs() throws Exception {
        // from 18 on pg2sink publishes stored generated columns, which a subscriber that generates them itself refuses
        assumeThat(TestServer.majorVersion()).isLessThan(18);
        long seed = Long.getLong("pg2sink.test.seed", System.nanoTime());
        LOG.info("seed {}", seed);
        Random random = new Random(seed);
        Pg2sinkProcess process = start(random);
        try {
            subscribe();
            int rounds = Integer.getInteger("pg2sink.test.rounds", Proof.size(1, 4));
            for (int round = 0; round < rounds; round++) {
                try (SubscribedWriters writers = new SubscribedWriters(source, TRANSACTIONS, random)) {
                    pause(random.nextInt(1000));
                    breakTargetConnections();
                    pause(random.nextInt(1000));
                    process.kill();
                }
                process = start(random);
                breakTargetConnections();
                awaitRound(round, process);
                assertSame(round + " with seed " + seed);
            }
        } finally {
            process.close();
        }
    }

    private Pg2sinkProcess start(Random random) throws Exception {
        int batch = MIN_BATCH_SIZE + random.nextInt(500);
        return installation
                .set("pg2sink.batch.size", String.valueOf(batch))
                .start()
                .awaitDelivering();
    }

    /** Makes the slot first: within one server, a subscription that makes it itself would wait for itself. */
    private void subscribe() {
        source.query("select pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
        subscriber.execute("create subscription native connection '" + connection() + "' publication "
                + installation.subscription() + " with (create_slot = false, slot_name = '" + slot
                + "', copy_data = false)");
    }

    private String connection() {
        String[] parts = source.url().split("[:/?]+"); // jdbc, postgresql, host, port, database
        return "host=" + parts[2] + " port=" + parts[3] + " dbname=" + parts[4] + " user=postgres";
    }

    /** Waits until both have what the source wrote last. */
    private void awaitRound(int round, Pg2sinkProcess process) {
        source.execute("insert into finished values (" + round + ")");
        for (TestDatabase database : List.of(copy, subscriber)) {
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(database.query("select round from finished"))
                    .as(process::log)
                    .contains(String.valueOf(round)));
        }
    }

    private void breakTargetConnections() {
        copy.query("select pg_terminate_backend(pid) from pg_stat_activity"
                + " where datname = current_database() and pid <> pg_backend_pid()");
    }

    private void assertSame(String round) {
        for (String table : SubscribedTables.NAMES) {
            String rows = "select left(t::text, 300) || ' ' || md5(t::text) from " + table + " t order by 1";
            List<String> copied = copy.query(rows);
            assertThat(copied).as("source's %s, round %s", table, round).isEqualTo(source.query(rows));
            assertThat(copied).as("subscriber's %s, round %s", table, round).isEqualTo(subscriber.query(rows));
        }
    }

    private static void pause(int millis) {
        await().pollDelay(Duration.ofMillis(millis))
                .atMost(Duration.ofMillis(millis + 10_000L))
                .until(() -> true);
    }
}
