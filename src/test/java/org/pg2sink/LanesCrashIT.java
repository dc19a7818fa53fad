package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sink behind lanes has after pg2sink was killed again and again in the middle of its deliveries. */
@Tag("slow")
class LanesCrashIT {

    private static final int ROWS = 100;
    private static final int VERSIONS = 12;
    private static final int[] KILLED_AT_LINES = {100, 400, 700};

    private static final Pattern ROW = Pattern.compile("\"after\":\\{\"id\":(\\d+),\"version\":(\\d+)}");

    private static final String ROUTE = """
            - route:
                id: lanes
                from:
                  uri: pg2sink:%s?schemas=public&lanes=4
                  steps:
                    - delay:
                        asyncDelayed: "false"
                        expression:
                          constant:
                            expression: "5"
                    - to: kamelet:pg2sink-file-sink?directory=lanes
            """;

    @TempDir
    private Path directory;

    @Test
    void noKillLosesAChangeOrTheOrderOfAKey() throws Exception {
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table example (id int primary key, version int)");
        Installation installation = new Installation(directory, database);
        String subscription = installation.subscription() + "_lanes"; // slots are the whole server's
        Files.writeString(directory.resolve("routes/lanes.camel.yaml"), ROUTE.formatted(subscription));
        Path file = directory.resolve("lanes/public.example.jsonl");
        String streaming = "Subscription " + subscription + ": streaming from";
        installation.start().awaitLog(streaming).kill();
        database.execute("do $$ begin for v in 1.." + VERSIONS + " loop for i in 1.." + ROWS
                + " loop insert into example values (i, v) on conflict on constraint example_pkey"
                + " do update set version = excluded.version; commit; end loop; end loop; end $$");
        for (int lines : KILLED_AT_LINES) {
            try (Pg2sinkProcess process = installation.start()) {
                await().atMost(ShippedRoutes.PATIENCE).until(() -> lines(file).size() >= lines);
                process.kill();
            }
        }
        try (Pg2sinkProcess process = installation.start().awaitLog(streaming)) {
            String end = database.value("select pg_current_wal_insert_lsn()");
            await().atMost(ShippedRoutes.PATIENCE).until(() -> database.value("select confirmed_flush_lsn >= '" + end
                            + "' from pg_replication_slots where slot_name = '" + subscription + "'")
                    .equals("t"));
            process.stop();
        }

        Map<Integer, List<Integer>> versions = new TreeMap<>();
        for (String line : lines(file)) {
            Matcher row = ROW.matcher(line);
            assertThat(row.find()).as(line).isTrue();
            versions.computeIfAbsent(Integer.valueOf(row.group(1)), id -> new ArrayList<>())
                    .add(Integer.valueOf(row.group(2)));
        }
        assertThat(versions.values()).hasSize(ROWS).allSatisfy(delivered -> {
            assertThat(delivered).startsWith(1).endsWith(VERSIONS);
            // what comes again begins at an earlier version, and goes on without a gap
            assertThat(IntStream.range(1, delivered.size()))
                    .allMatch(i -> delivered.get(i) <= delivered.get(i - 1) + 1);
        });
    }

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
