package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pg2sink.component.Pg2sinkComponent;
import org.pg2sink.component.Pg2sinkConsumer;

/** Kafka's transactions, which Camel commits when the exchange is done, so that what is not committed is not confirmed. */
class KafkaTransactionsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path data;

    private static KafkaServer broker;
    private static KafkaTopics topics;

    @TempDir
    private Path directory;

    private TestDatabase database;

    @BeforeAll
    static void startBroker() {
        broker = TestServers.get().startKafka(data);
        topics = new KafkaTopics(broker.address());
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void createTable() {
        database = TestServer.newDatabase();
        database.execute("create table example (id bigint primary key, msg text)");
    }

    @Test
    void whatAnotherProducerShutOutBeforeTheCommitIsNotConfirmedAndComesAgain() throws Exception {
        String end;
        try (DefaultCamelContext context = context(true)) {
            context.start();
            awaitActive();
            database.execute("insert into example values (1, 'a')");
            end = database.value("select pg_current_wal_insert_lsn()");
            Pg2sinkConsumer consumer =
                    (Pg2sinkConsumer) context.getRoute("shop").getConsumer();
            await().atMost(PATIENCE).until(() -> consumer.getFailures() > 0 || hasConfirmed(end));
            assertThat(hasConfirmed(end)).isFalse();
        }
        try (DefaultCamelContext context = context(false)) {
            context.start();
            await().atMost(PATIENCE).until(() -> hasConfirmed(end));
        }
        assertThat(topics.readCommitted("shop")).hasSize(1);
    }

    private DefaultCamelContext context(boolean shutOut) throws Exception {
        DefaultCamelContext context = new DefaultCamelContext();
        context.getComponent("pg2sink", Pg2sinkComponent.class)
                .getConfiguration()
                .setUrl(database.url());
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pg2sink:" + subscription() + "?tables=example")
                        .routeId("shop")
                        .to("kafka:shop?transactionalId=shop&brokers=" + broker.address())
                        .filter(exchange -> shutOut)
                        .process(KafkaTransactionsIT::shutOut);
            }
        });
        return context;
    }

    /** Does what a second process does that takes the first one for dead. */
    private static void shutOut(Exchange exchange) {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.address(), "transactional.id", "shop");
        try (KafkaProducer<String, String> other =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            other.initTransactions();
        }
    }

    /** Set as docs/scaling.md says. */
    @Test
    void aStandbyDoesNotShutOutTheOneThatWorksAndNothingIsLostWhenItTakesOver() throws Exception {
        Installation installation = new Installation(directory, database)
                .set("pg2sink.sinks", "direct:kafka")
                .set("pg2sink.kafka.brokers", broker.address());
        Files.writeString(directory.resolve("application.properties"), "\n" + settings(), StandardOpenOption.APPEND);
        try (Pg2sinkProcess first = installation.start().awaitStreaming()) {
            database.execute("insert into example values (1, 'a')");
            installation.awaitAllConfirmed();
            try (Pg2sinkProcess second = installation.start().awaitLog("is in use")) {
                database.execute("insert into example values (2, 'b')");
                installation.awaitAllConfirmed();
                assertThat(first.log()).doesNotContain("WARN");

                first.kill();
                database.execute("insert into example values (3, 'c')");
                installation.awaitAllConfirmed();
                second.stop();
            }
        }
        assertThat(topics.readCommitted("public.example"))
                .extracting(ConsumerRecord::key)
                .containsExactly("{\"id\":\"1\"}", "{\"id\":\"2\"}", "{\"id\":\"3\"}");
    }

    private static String settings() throws IOException {
        String page = Files.readString(Path.of("docs/scaling.md"));
        int begin = page.indexOf("camel.component.kafka.transactionalId");
        return page.substring(begin, page.indexOf("```", begin)).stripIndent();
    }

    private String subscription() {
        return "shop_" + database.value("select current_database()");
    }

    private void awaitActive() {
        await().atMost(PATIENCE)
                .until(() -> database.value("select count(*) from pg_replication_slots where active and slot_name = '"
                                + subscription() + "'")
                        .equals("1"));
    }

    private boolean hasConfirmed(String lsn) {
        return database.value("select confirmed_flush_lsn >= '" + lsn
                        + "' from pg_replication_slots where slot_name = '" + subscription() + "'")
                .equals("t");
    }
}
