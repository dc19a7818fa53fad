package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;

/** Several subscriptions of disjoint sets of tables, which import and stream while all tables are written to. */
class DisjointSubscriptionsIT {

    private static final int SECONDS = 4;

    /** The subscriptions by the end of their names. The last one has what the others leave. */
    private static final Map<String, String> OPTIONS = Map.of(
            "a", "tables=numbered",
            "b", "tables=named,late",
            "c", "excludeTables=numbered,named,late");

    private final Map<String, Set<String>> tables = new ConcurrentHashMap<>();

    @Test
    void togetherTheyHaveExactlyTheTablesAndNoTableComesByTwoOfThem() throws Exception {
        TestDatabase database = TestServer.newDatabase();
        TableCopy[] copies = RandomWriters.createTables(database);
        TableCopy late = new TableCopy("late", "id", "msg");
        TableCopy later = new TableCopy("later", "id", "msg");
        String name = Subscriber.nameFor(database);
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.getShutdownStrategy().setTimeout(20);
            Pg2sinkConfiguration component =
                    context.getComponent("pg2sink", Pg2sinkComponent.class).getConfiguration();
            component.setUrl(database.url());
            component.setReconcileInterval(200);
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    OPTIONS.forEach((end, options) -> from("pg2sink:" + name + "_" + end + "?" + options
                                    + "&batching=true&imports=true&chunkSize=50")
                            .process(exchange -> apply(end, exchange, copies, late, later)));
                }
            });
            context.start();
            try (RandomWriters writers = new RandomWriters(database, 1)) {
                database.execute( // after the subscriptions have begun
                        "create table late (id int primary key, msg text)",
                        "create table later (id int primary key, msg text)",
                        "insert into late select i, 'x' from generate_series(1, 500) i",
                        "insert into later select i, 'x' from generate_series(1, 500) i");
                await().pollDelay(SECONDS, TimeUnit.SECONDS).until(() -> true);
            }
            awaitAll(database, name);
        }

        assertThat(Arrays.stream(copies).flatMap(copy -> copy.differences(database).stream()))
                .isEmpty();
        assertThat(late.differences(database)).isEmpty();
        assertThat(later.differences(database)).isEmpty();
        assertThat(tables)
                .containsOnly(
                        Map.entry("a", Set.of("numbered")),
                        Map.entry("b", Set.of("named", "late")),
                        Map.entry("c", Set.of("paired", "split", "later")));
    }

    private void apply(String subscription, Exchange exchange, TableCopy[] copies, TableCopy... others) {
        for (Entry entry : exchange.getMessage().getBody(Batch.class)) {
            if (entry instanceof Modification change) {
                String table = change.table().name();
                tables.computeIfAbsent(subscription, any -> ConcurrentHashMap.newKeySet())
                        .add(table);
                List.of(copies, others).stream()
                        .flatMap(Arrays::stream)
                        .filter(copy -> copy.table().equals(table))
                        .forEach(copy -> copy.apply(change));
            }
        }
    }

    private static void awaitAll(TestDatabase database, String name) {
        await().atMost(Subscriber.PATIENCE).until(() -> database.value(
                        "select count(*) = 6 and bool_and(state = 'completed') from pg2sink.import_jobs where expired_at is null")
                .equals("t"));
        String end = database.value("select pg_current_wal_insert_lsn()");
        await().atMost(Subscriber.PATIENCE).until(() -> database.value("select count(*) from pg_replication_slots where"
                        + " slot_name like '" + name + "_%' and confirmed_flush_lsn >= '" + end + "'")
                .equals("3"));
    }
}
