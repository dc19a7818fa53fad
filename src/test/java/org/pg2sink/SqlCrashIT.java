package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a copy is after pg2sink was killed again and again while it wrote it. */
@Tag("slow")
class SqlCrashIT {

    private static final Logger LOG = LoggerFactory.getLogger(SqlCrashIT.class);

    private static final int KILLS = Proof.size(3, 12);

    @TempDir
    private Path directory;

    @Test
    void eachChangeIsAppliedExactlyOnceHoweverOftenItIsKilled() throws Exception {
        long seed = Long.getLong("pg2sink.test.seed", System.nanoTime());
        LOG.info("seed {}", seed);
        Random random = new Random(seed);
        TestDatabase source = TestServer.newDatabase();
        TestDatabase target = TestServer.newDatabase();
        WriteLoad.createTables(source);
        createCountingTables(target);
        Installation installation = new Installation(directory, source)
                .set("pg2sink.imports", "false")
                .set("pg2sink.sinks", "direct:sql")
                .set("pg2sink.sql.url", target.url());
        installation.start().awaitStreaming().kill();
        History history = History.begin(source, String.join(", ", WriteLoad.TABLES));

        try (WriteLoad load = WriteLoad.start(source, 2, seed)) {
            for (int kill = 1; kill <= KILLS; kill++) {
                try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
                    pause(random.nextInt(1500));
                    process.kill();
                }
            }
        }
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            installation.awaitAllConfirmed();
            process.stop();
        }

        Map<String, List<String>> changes = history.lines();
        for (String table : WriteLoad.TABLES) {
            String rows = "select md5(t::text) from " + table + " t order by 1";
            assertThat(target.query(rows)).as(table).isEqualTo(source.query(rows));
        }
        // where no key changes, a change is one insert, update or delete
        for (String table : List.of("narrow", "wide")) {
            assertThat(Integer.parseInt(target.value("select count(*) from applied where name = '" + table + "'")))
                    .as("changes applied to %s", table)
                    .isEqualTo(changes.get(table).size())
                    .isPositive();
        }
        LOG.info(
                "{} changes of narrow, {} of wide",
                changes.get("narrow").size(),
                changes.get("wide").size());
    }

    private static void createCountingTables(TestDatabase target) {
        WriteLoad.createTables(target);
        target.execute("create table applied (name text)", """
                create function note() returns trigger language plpgsql as
                'begin insert into applied values (tg_table_name); return null; end'""");
        for (String table : WriteLoad.TABLES) {
            target.execute(
                    "create trigger note after insert or update or delete on " + table
                            + " for each row execute function note()",
                    "alter table " + table + " enable always trigger note");
        }
    }

    private static void pause(int millis) {
        await().pollDelay(Duration.ofMillis(millis))
                .atMost(Duration.ofMillis(millis + 10_000L))
                .until(() -> true);
    }
}
