package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Entry;
import org.pg2sink.format.JsonLines;

/** The data format behind Camel's own replication slot component. */
class PgOutputDataFormatIT {

    private final TestDatabase database = TestServer.newDatabase();

    @Test
    void theEntriesAreThoseOfTheComponentAlsoWhenAnExchangeFailed() throws Exception {
        database.execute(
                "create type mood as enum ('sad', 'happy')",
                "create table example (id bigint primary key, msg text, moods mood[])",
                "create publication camels_own for all tables with (publish_via_partition_root = true)",
                "select pg_create_logical_replication_slot('camels_own_" + name() + "', 'pgoutput')");
        List<String> decoded = new CopyOnWriteArrayList<>();
        AtomicInteger failures = new AtomicInteger();
        try (Subscriber subscriber = Subscriber.start(database, "timezone=Asia/Tokyo");
                DefaultCamelContext context = new DefaultCamelContext()) {
            Pg2sinkComponent component = context.getComponent("pg2sink", Pg2sinkComponent.class);
            component.getConfiguration().setUrl(database.url());
            component.getConfiguration().setTimezone("Asia/Tokyo");
            String port = database.url().replaceAll("^.*:(\\d+)/.*$", "$1");
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("pg-replication-slot:localhost:" + port + "/" + name() + "/camels_own_" + name() + ":pgoutput"
                                    + "?user=postgres&slotOptions.proto_version=1"
                                    + "&slotOptions.publication_names=camels_own&greedy=true&delay=10")
                            .unmarshal()
                            .custom("pgoutput")
                            .split(body())
                            .stopOnException()
                            .process(exchange -> {
                                Entry entry = exchange.getMessage().getBody(Entry.class);
                                if (failures.getAndIncrement() % 3 == 1) {
                                    throw new IllegalStateException("the sink is down");
                                }
                                decoded.add(
                                        new String(JsonLines.bytes(List.of(entry)), StandardCharsets.UTF_8).strip());
                            })
                            .end();
                }
            });
            context.start();

            database.transaction(
                    "insert into example values (1, 'a', '{sad,happy}'), (2, 'b', null)",
                    "update example set id = 3 where id = 2");
            database.execute(
                    "alter table example add column n int", "delete from example where id = 1", "truncate example");
            subscriber.awaitModifications(5);

            // the data format does not know the server, and so no timeline
            List<String> expected = subscriber.json().stream()
                    .map(line -> line.replace("\"timeline\":\"1\"", "\"timeline\":null"))
                    .toList();
            await().atMost(Subscriber.PATIENCE)
                    .until(() -> decoded.stream().distinct().toList().size() >= expected.size());
            assertThat(decoded.stream().distinct()).containsExactlyElementsOf(expected);
            assertThat(failures.get()).isGreaterThan(expected.size());
        }
    }

    private String name() {
        return database.value("select current_database()");
    }
}
