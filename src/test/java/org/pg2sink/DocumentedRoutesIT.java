package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The routes of docs/adding-a-sink.md do what the page says, each run as a user runs it. */
class DocumentedRoutesIT {

    private static final Path PAGE = Path.of("docs/adding-a-sink.md");

    @TempDir
    private Path directory;

    private TestDatabase database;
    private Installation installation;

    @BeforeEach
    void install() throws IOException {
        database = TestServer.newDatabase();
        database.execute(
                "create table orders (id bigint primary key, msg text)",
                "create table other (id bigint primary key, msg text)");
        installation = new Installation(directory, database);
    }

    @Test
    void aSinkOfOnesOwnGetsEachChange() throws Exception {
        deliver("direct:all", block("# Adding a sink"));

        assertThat(operations("out/all.jsonl"))
                .containsExactlyInAnyOrder("insert", "insert", "insert", "update", "delete");
    }

    @Test
    void aKameletIsAStep() throws Exception {
        deliver("direct:archive", block("## A second sink of a kind"));

        assertThat(operations("archive/public.orders.jsonl")).containsExactly("insert", "insert", "update", "delete");
        assertThat(operations("archive/public.other.jsonl")).containsExactly("insert");
    }

    @Test
    void whatASinkRefusesIsADeadLetter() throws Exception {
        Files.createDirectories(directory.resolve("out/all.jsonl")); // no file can have that name now
        deliver("direct:all", block("## Dead letters"));

        assertThat(operations("dead/public.orders.jsonl")).containsExactly("insert", "insert", "update", "delete");
        assertThat(operations("dead/public.other.jsonl")).containsExactly("insert");
    }

    @Test
    void aSinkGetsOnlySomeTables() throws Exception {
        deliver("direct:own", asRoute(block("## Only some tables")));

        assertThat(Files.readAllLines(directory.resolve("out/only-orders.jsonl")))
                .isNotEmpty()
                .allMatch(line -> line.contains("\"name\":\"orders\"") || line.contains("public.orders"));
        assertThat(operations("out/only-orders.jsonl")).containsExactly("insert", "insert", "update", "delete");
    }

    @Test
    void aSinkGetsOnlySomeOperations() throws Exception {
        deliver("direct:own", asRoute(block("## Only some operations")));

        assertThat(operations("out/deletes.jsonl")).containsExactly("delete");
    }

    @Test
    void eachChangeIsAnExchange() throws Exception {
        String subscription = installation.subscription() + "_single"; // slots are the whole server's
        String route = block("## One exchange a change").replace("pg2sink_single", subscription);
        deliver("direct:file", route, subscription);

        List<String> lines = Files.readAllLines(directory.resolve("out/single.jsonl"));
        assertThat(lines).hasSize(2);
        assertThat(operations("out/single.jsonl")).containsExactly("insert", "insert");
        assertThat(lines).noneMatch(line -> line.contains("secret"));
    }

    /** Runs a route as {@code routes/own.camel.yaml} until the subscriptions have delivered some changes. */
    private void deliver(String sink, String route, String... others) throws Exception {
        Files.writeString(directory.resolve("routes/own.camel.yaml"), route);
        installation.set("pg2sink.sinks", sink);
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            for (String other : others) {
                process.awaitLog("Subscription " + other + ": streaming from");
            }
            database.execute(
                    "begin; insert into orders values (1, 'a'), (2, 'secret'); update orders set msg = 'b' where id = 1;"
                            + " delete from orders where id = 1; commit",
                    "insert into other values (1, 'c')");
            String end = database.value("select pg_current_wal_insert_lsn()");
            await().atMost(ShippedRoutes.PATIENCE).until(() -> installation.hasConfirmed(end));
            for (String other : others) {
                await().atMost(ShippedRoutes.PATIENCE).until(() -> hasConfirmed(other, end));
            }
            process.stop();
        }
    }

    private boolean hasConfirmed(String slot, String lsn) {
        return database.value("select confirmed_flush_lsn >= '" + lsn
                        + "' from pg_replication_slots where slot_name = '" + slot + "'")
                .equals("t");
    }

    /** Returns the first YAML under a heading. */
    private static String block(String heading) throws IOException {
        Matcher matcher = Pattern.compile("(?ms)^" + heading + "$.*?^```yaml\\n(.*?)^```$")
                .matcher(Files.readString(PAGE));
        assertThat(matcher.find()).as(heading).isTrue();
        return matcher.group(1);
    }

    private static String asRoute(String steps) {
        return """
                - route:
                    errorHandler:
                      noErrorHandler: {}
                    from:
                      uri: direct:own
                      steps:
                """ + steps.indent(8);
    }

    /** Returns the operations of the changes in a file, in their order. */
    private List<String> operations(String file) throws IOException {
        return Pattern.compile("\"operation\":\"(\\w+)\"")
                .matcher(Files.readString(directory.resolve(file)))
                .results()
                .map(result -> result.group(1))
                .toList();
    }
}
