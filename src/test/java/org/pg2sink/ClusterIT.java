package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Processes that divide subscriptions among themselves by a cluster service of Camel, as docs/scaling.md sets them. */
@Tag("slow")
class ClusterIT {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterIT.class);

    private static final String PAGE = "docs/scaling.md";
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** The subscriptions of the page, for which tables of the load stand. */
    private static final Map<String, String> TABLES = Map.of("orders", "narrow", "items", "wide", "customers", "keyed");

    @TempDir
    private Path directory;

    private final List<Pg2sinkProcess> members = new ArrayList<>();
    /** By table, since each subscription counts its own changes. */
    private final Map<String, History> histories = new HashMap<>();

    private TestDatabase database;
    private Installation installation;
    /** Of publications and slots, which are the whole server's. */
    private String prefix;

    @BeforeEach
    void install() throws IOException {
        database = TestServer.newDatabase();
        WriteLoad.createTables(database);
        prefix = database.value("select current_database()") + "_";
        installation = new Installation(directory, database)
                .jvm("-Dorg.slf4j.simpleLogger.log.org.apache.camel.component.master=info")
                .set("members", directory.resolve("members").toString());
        try (Stream<Path> shipped = Files.list(directory.resolve("routes"))) {
            for (Path route : shipped.toList()) {
                Files.delete(route);
            }
        }
        String page = Files.readString(Path.of(PAGE));
        String routes = first("yaml", page);
        for (Map.Entry<String, String> table : TABLES.entrySet()) {
            routes = routes.replace(
                    "pg2sink:" + table.getKey() + "?tables=" + table.getKey(),
                    "pg2sink:" + prefix + table.getValue() + "?tables=" + table.getValue());
        }
        Files.writeString(
                directory.resolve("routes/members.camel.yaml"), routes.replace("imports=true", "imports=false"));
        Files.writeString(
                directory.resolve("application.properties"),
                "\n" + first("properties", page).replace("/shared/members", "{{members}}"),
                StandardOpenOption.APPEND);
    }

    private static String first(String language, String page) {
        Matcher block =
                Pattern.compile("(?ms)^```" + language + "\\n(.*?)^```$").matcher(page);
        assertThat(block.find()).isTrue();
        return block.group(1);
    }

    @AfterEach
    void stop() {
        members.forEach(Pg2sinkProcess::close);
    }

    @Test
    void theSubscriptionsOfAMemberThatIsKilledGoOnInTheOthersAndNothingIsLost() throws Exception {
        for (int i = 0; i < 3; i++) {
            members.add(installation.start());
        }
        awaitAllStream();
        beginHistories();
        try (WriteLoad load = WriteLoad.start(database, 2, 1)) {
            for (int kill = 0; kill < 2; kill++) {
                Pg2sinkProcess busiest = members.stream()
                        .max(Comparator.comparing(ClusterIT::streams))
                        .orElseThrow();
                LOG.info(
                        "streams of the members: {}",
                        members.stream().map(ClusterIT::streams).toList());
                members.remove(busiest);
                long begin = System.nanoTime();
                busiest.kill();
                awaitAllStream();
                LOG.info("all streamed after {}", Duration.ofNanos(System.nanoTime() - begin));
            }
        }
        awaitAllConfirmed();
        members.get(0).stop();
        assertDelivered();
    }

    /** Each member has locks of its own, so that both lead all that there is. */
    @Test
    void ofTwoMembersThatBothLeadTheServerLetsOneReadAndEachChangeComesOnce() throws Exception {
        members.add(installation.start());
        awaitAllStream();
        members.add(installation
                .set("members", directory.resolve("others").toString())
                .start());
        for (String table : WriteLoad.TABLES) {
            members.get(1).awaitLog("Consumer started: pg2sink://" + prefix + table);
            members.get(1).awaitLog("The replication slot " + prefix + table + " is in use by the server process");
        }
        beginHistories();
        try (WriteLoad load = WriteLoad.start(database, 2, 1)) {
            await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
        }
        awaitAllConfirmed();
        for (String table : WriteLoad.TABLES) {
            try (Stream<String> lines = Files.lines(installation.file(table))) {
                assertThat(lines.filter(line -> line.contains("\"sequence\"")))
                        .containsExactlyElementsOf(changes(table));
            }
        }

        members.get(0).kill();
        database.execute("insert into narrow values (-7, 0, 'after the kill')");
        awaitAllConfirmed();
        members.get(1).stop();
        assertDelivered();
    }

    /** How many subscriptions a member has begun to stream, and no other has taken from it. */
    private static long streams(Pg2sinkProcess member) {
        return WriteLoad.TABLES.stream()
                .filter(table -> Pattern.compile("_" + table + ": (streaming|catching up) from")
                        .matcher(member.log())
                        .find())
                .count();
    }

    private void awaitAllStream() {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        members.stream().mapToLong(ClusterIT::streams).sum())
                .as(() -> members.stream().map(Pg2sinkProcess::log).toList().toString())
                .isEqualTo(WriteLoad.TABLES.size()));
    }

    private void awaitAllConfirmed() {
        String end = database.value("select pg_current_wal_insert_lsn()");
        await().atMost(PATIENCE).until(() -> database.value("select count(*) from pg_replication_slots where"
                        + " confirmed_flush_lsn >= '" + end + "' and slot_name ~ '^" + prefix + "(narrow|wide|keyed)$'")
                .equals("3"));
    }

    private void beginHistories() {
        WriteLoad.TABLES.forEach(table -> histories.put(table, History.beginOf(database, table)));
    }

    private List<String> changes(String table) throws SQLException {
        return histories.get(table).lines().get(table);
    }

    private void assertDelivered() throws Exception {
        for (String table : WriteLoad.TABLES) {
            DeliveredFile file = DeliveredFile.read(installation.file(table), changes(table));
            LOG.info("{}: {}", table, file);
            assertThat(file.content()).isEqualTo(WriteLoad.content(database, table));
        }
    }
}
