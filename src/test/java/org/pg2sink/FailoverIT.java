package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pg2sink.component.Log;

/** A primary with a standby that synchronizes slots, set as cluster managers set them. */
@Tag("slow")
class FailoverIT {

    private static final int FAILOVER_SLOTS = 17;
    private static final String STANDBY = "standby1";

    @TempDir
    private Path directory;

    @Test
    void aSlotWithFailoverGoesOnAtTheStandbyThatIsPromoted() throws IOException {
        assumeThat(TestServer.majorVersion()).isGreaterThanOrEqualTo(FAILOVER_SLOTS);
        Path files = Files.createDirectory(directory.resolve("files"));
        Path copy = Files.createDirectory(directory.resolve("standby"));
        try (PrivateServer primary =
                PrivateServer.start(Files.createDirectory(directory.resolve("primary")), Map.of())) {
            TestDatabase before = primary.database();
            before.execute(
                    "create table orders (id int primary key)",
                    "create publication sub_postgres with (publish_via_partition_root = true)");
            before.query("select pg_create_physical_replication_slot('" + STANDBY + "', true)");
            primary.backUp(copy);
            before.query("select pg_create_logical_replication_slot('sub_postgres', 'pgoutput', failover => true)");
            makeStandby(copy, port(before));
            try (PrivateServer standby = PrivateServer.start(copy, Map.of());
                    Log log = new Log();
                    ShippedRoutes routes = new ShippedRoutes(before)) {
                TestDatabase after = standby.database();
                before.execute(
                        "alter system set synchronized_standby_slots = '" + STANDBY + "'", "select pg_reload_conf()");
                routes.set("pg2sink.url", either(before, after))
                        .set("pg2sink.imports", "true")
                        .set("pg2sink.file.directory", files.toString())
                        .start()
                        .awaitImported(1);
                before.execute("insert into orders select generate_series(1, 100)");
                routes.awaitAllConfirmed();
                assertThat(routes.check())
                        .noneMatch(finding -> !finding.get("severity").equals("info"));
                // only now, because its worker looks less and less often while nothing happens
                after.execute("alter system set sync_replication_slots = on", "select pg_reload_conf()");
                await().atMost(ShippedRoutes.PATIENCE).until(() -> isReady(after));

                primary.stop();
                after.query("select pg_promote()");
                after.execute("insert into orders select generate_series(101, 200)");

                await().atMost(ShippedRoutes.PATIENCE)
                        .untilAsserted(() -> assertThat(delivered(files)).contains("\"id\":200}"));
                for (int id = 1; id <= 200; id++) {
                    assertThat(delivered(files)).contains("\"id\":" + id + "}");
                }
                assertThat(log.lines(": imported public.orders")).hasSize(1);
                assertThat(log.lines("The slot is new")).isEmpty();
            }
        }
    }

    private static void makeStandby(Path data, String primary) throws IOException {
        Files.createFile(data.resolve("standby.signal"));
        Files.writeString(
                data.resolve("postgresql.auto.conf"), """
                primary_conninfo = 'host=localhost port=%s user=postgres dbname=postgres'
                primary_slot_name = '%s'
                hot_standby_feedback = on
                """.formatted(primary, STANDBY), StandardOpenOption.APPEND);
    }

    private static boolean isReady(TestDatabase standby) {
        return standby.query("select 1 from pg_replication_slots where slot_name = 'sub_postgres' and synced"
                                + " and not temporary and invalidation_reason is null")
                        .size()
                == 1;
    }

    private static String delivered(Path files) throws IOException {
        Path file = files.resolve("public.orders.jsonl");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static String port(TestDatabase database) {
        return database.url().replaceAll("^.*:(\\d+)/.*$", "$1");
    }

    private static String either(TestDatabase first, TestDatabase second) {
        return "jdbc:postgresql://localhost:" + port(first) + ",localhost:" + port(second)
                + "/postgres?user=postgres&targetServerType=primary";
    }
}
