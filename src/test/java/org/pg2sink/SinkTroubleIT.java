package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped stream before a sink of somebody's own, {@code direct:own}, that is in trouble; behind it are files. */
@Tag("slow")
class SinkTroubleIT {

    @TempDir
    private Path directory;

    private TestDatabase database;

    @BeforeEach
    void createTable() {
        database = TestServer.newDatabase();
        database.execute("create table example (id bigint primary key, msg text)");
    }

    private ShippedRoutes routes(RouteBuilder... own) {
        return new ShippedRoutes(database, own)
                .set("pg2sink.sinks", "direct:own")
                .set("pg2sink.file.directory", directory.resolve("out").toString());
    }

    /** Does something with each batch before it is written. */
    private static RouteBuilder before(Processor trouble) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:own")
                        .errorHandler(noErrorHandler())
                        .process(trouble)
                        .to("direct:file");
            }
        };
    }

    private Path file(String table) {
        return directory.resolve("out/public." + table + ".jsonl");
    }

    @Test
    void aSinkThatFailsNowAndThenMissesNothingAndHasAllInOrder() throws Exception {
        WriteLoad.createTables(database);
        AtomicInteger tries = new AtomicInteger();
        AtomicBoolean mended = new AtomicBoolean();
        RouteBuilder failing = before(exchange -> {
            // one try of a batch, then so many that the stream begins again
            int now = tries.incrementAndGet() % 20;
            if ((now == 5 || now > 10 && now <= 15) && !mended.get()) {
                throw new IllegalStateException("the sink is in trouble");
            }
        });
        try (ShippedRoutes routes = routes(failing)) {
            routes.start();
            History history = History.begin(database, String.join(", ", WriteLoad.TABLES));
            try (WriteLoad load = WriteLoad.start(database, 2, 1)) {
                await().atMost(ShippedRoutes.PATIENCE).until(() -> routes.failures() >= 2);
            }
            mended.set(true);
            routes.awaitAllConfirmed();

            Map<String, List<String>> changes = history.lines();
            assertThat(changes).isNotEmpty();
            for (String table : changes.keySet()) {
                DeliveredFile.read(file(table), changes.get(table));
            }
        }
    }

    @Test
    void aSinkThatIsSlowSlowsTheStreamDownInLittleMemory() throws Exception {
        int rows = 25_000; // of four kilobytes each
        Installation installation =
                new Installation(directory, database).jvm("-Xmx64m").set("pg2sink.sinks", "direct:own");
        Files.writeString(directory.resolve("routes/own.camel.yaml"), """
                - route:
                    from:
                      uri: direct:own
                      steps:
                        - delay:
                            expression:
                              constant:
                                expression: 100
                        - to: direct:file
                """);
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            database.execute(
                    "insert into example select i, repeat(md5(i::text), 128) from generate_series(1, " + rows + ") i");
            installation.awaitAllConfirmed();
            process.stop();

            assertThat(process.log()).doesNotContain("WARN", "ERROR", "OutOfMemory");
        }
        try (BufferedReader lines = Files.newBufferedReader(installation.file("example"))) {
            assertThat(lines.lines()
                            .filter(line -> line.contains("\"operation\":\"insert\""))
                            .count())
                    .isEqualTo(rows);
        }
    }

    @Test
    void aSinkThatHangsKeepsTheConnectionAndMissesNothing() throws Exception {
        // a walsender that hears nothing for so long ends the connection
        database.execute(
                "alter database " + database.value("select current_database()") + " set wal_sender_timeout = '2s'");
        CountDownLatch hanging = new CountDownLatch(1);
        AtomicInteger batches = new AtomicInteger();
        try (ShippedRoutes routes = routes(before(exchange -> {
            batches.incrementAndGet();
            hanging.await();
        }))) {
            routes.start();
            History history = History.begin(database, "example");
            String walsender = routes.slot("active_pid");
            database.execute("insert into example values (0, 'first')");
            String first = database.value("select pg_current_wal_insert_lsn()");
            await().until(() -> batches.get() == 1);
            database.execute("insert into example select i, 'more' from generate_series(1, 20000) i");

            await().during(Duration.ofSeconds(5))
                    .atMost(Duration.ofSeconds(15))
                    .until(() -> walsender.equals(routes.slot("active_pid")) && !routes.hasConfirmed(first));
            assertThat(batches).hasValue(1);

            hanging.countDown();
            routes.awaitAllConfirmed();
            DeliveredFile.read(file("example"), history.lines().get("example"));
            assertThat(routes.failures()).isZero();
        } finally {
            hanging.countDown();
        }
    }

    @Test
    void whatADeadLetterRouteTakesIsSafeThereAndTheRestGoesOn() throws Exception {
        database.execute("create table refused (id int primary key)");
        RouteBuilder own = new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:own")
                        .errorHandler(deadLetterChannel("direct:dead")
                                .maximumRedeliveries(2)
                                .redeliveryDelay(10))
                        .process(SinkTroubleIT::refuseTheTable)
                        .to("direct:file");
                from("direct:dead")
                        .errorHandler(noErrorHandler())
                        .to("file:" + directory.resolve("dead")
                                + "?fileExist=Append&fileName=${header.CamelPg2sinkTable}.jsonl");
            }
        };
        try (ShippedRoutes routes = routes(own)) {
            routes.start();
            for (int i = 1; i <= 3; i++) {
                database.execute("insert into example values (" + i + ")", "insert into refused values (" + i + ")");
            }
            routes.awaitAllConfirmed();

            assertThat(inserts(file("example"))).isEqualTo(3);
            assertThat(inserts(directory.resolve("dead/refused.jsonl"))).isEqualTo(3);
            assertThat(routes.failures()).isZero();
        }
    }

    @Test
    void onlyTheSinkThatFailsIsTriedAgain() {
        AtomicInteger before = new AtomicInteger();
        AtomicInteger tries = new AtomicInteger();
        AtomicInteger after = new AtomicInteger();
        RouteBuilder own = new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:before").process(exchange -> before.incrementAndGet());
                from("direct:own").process(exchange -> {
                    if (tries.incrementAndGet() < 4) {
                        throw new IllegalStateException("the sink is in trouble");
                    }
                });
                from("direct:after").process(exchange -> after.incrementAndGet());
            }
        };
        try (ShippedRoutes routes = routes(own).set("pg2sink.sinks", "direct:before,direct:own,direct:after")) {
            routes.start();
            database.execute("insert into example values (1)");
            routes.awaitAllConfirmed();

            assertThat(before).hasValue(1);
            assertThat(tries).hasValue(4);
            assertThat(after).hasValue(1);
            assertThat(routes.failures()).isZero();
        }
    }

    @Test
    void aChunkOfAnImportIsReadAgainButNotTriedAgain() throws Exception {
        database.execute("insert into example select i, 'there before' from generate_series(1, 10) i");
        List<String> tries = new CopyOnWriteArrayList<>();
        RouteBuilder failing = before(exchange -> {
            Map<String, Object> headers = exchange.getMessage().getHeaders();
            if ("import".equals(headers.get("CamelPg2sinkOperation"))) {
                tries.add("redelivery " + headers.get(Exchange.REDELIVERY_COUNTER));
                if (tries.size() == 1) {
                    throw new IllegalStateException("the sink is in trouble");
                }
            }
        });
        try (ShippedRoutes routes = routes(failing).set("pg2sink.imports", "true")) {
            routes.start();
            await().atMost(ShippedRoutes.PATIENCE)
                    .until(() -> Files.exists(file("example"))
                            && Files.readString(file("example")).contains("there before"));

            assertThat(tries).hasSizeGreaterThan(1).containsOnly("redelivery null");
            assertThat(routes.failures()).isZero();
        }
    }

    private static void refuseTheTable(Exchange exchange) {
        if ("refused".equals(exchange.getMessage().getHeader("CamelPg2sinkTable"))) {
            throw new IllegalStateException("the sink refuses this table");
        }
    }

    private static long inserts(Path file) throws Exception {
        return Files.readAllLines(file).stream()
                .filter(line -> line.contains("\"operation\":\"insert\""))
                .count();
    }
}
