package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of which few fit into the heap. It is as large as docs/operating.md says that they need. */
@Tag("slow")
class HugeValueIT {

    private static final int TEXT_BYTES = 105_000_000;
    private static final int HEAP_MEGABYTES = 512;
    private static final int IMPORTED = 3;
    private static final int STREAMED = 4;

    @TempDir
    private Path directory;

    @Test
    void rowsOfAHundredMegabytesNeedAHeapOfFiveTimesThatEvenIfTheSinkIsSlow() throws Exception {
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table huge (id int primary key, msg text, content bytea)");
        Installation installation = new Installation(directory, database)
                .jvm("-Xmx" + HEAP_MEGABYTES + "m")
                .set("pg2sink.imports", "true");
        slowDown(directory.resolve("routes/file.camel.yaml"));
        insert(database, 1, IMPORTED);
        try (Pg2sinkProcess process = installation.start()) {
            awaitRows(installation, process, IMPORTED);
            insert(database, IMPORTED + 1, IMPORTED + STREAMED);
            awaitRows(installation, process, IMPORTED + STREAMED);
            assertThat(process.log()).doesNotContain("WARN", "ERROR", "OutOfMemory");
            process.stop();
        }
    }

    /** As much as can be is read ahead then. */
    private static void slowDown(Path route) throws IOException {
        Files.writeString(
                route,
                Files.readString(route).replaceFirst("( +)- to:\n", "$1- delay:\n$1    constant: 1500\n$1- to:\n"));
    }

    /** Inserts rows whose text is of the same size: a bytea has twice as much of it as it has bytes. */
    private static void insert(TestDatabase database, int first, int last) {
        database.execute("insert into huge select i,"
                + " case when i % 2 = 0 then repeat('x', " + TEXT_BYTES + ") end,"
                + " case when i % 2 = 1 then decode(repeat('ab', " + TEXT_BYTES / 2 + "), 'hex') end"
                + " from generate_series(" + first + ", " + last + ") i");
    }

    private static void awaitRows(Installation installation, Pg2sinkProcess process, int rows) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(process.log()).doesNotContain("OutOfMemory");
            assertThat(installation.file("huge")).as(process::log).exists().satisfies(file -> assertThat(
                            Files.size(file))
                    .isGreaterThan((long) rows * TEXT_BYTES));
        });
    }
}
