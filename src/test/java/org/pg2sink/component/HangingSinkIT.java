package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.stream.StreamState;

/** A sink that does not answer fails nothing, so the stream has to say itself what it waits for. */
@Tag("slow")
class HangingSinkIT {

    private static final Duration PATIENCE = Duration.ofSeconds(45);

    private TestDatabase database;

    @BeforeEach
    void createTable() {
        database = TestServer.newDatabase();
        database.execute("create table example (id int primary key)");
    }

    @Test
    void aDeliveryThatHangsIsNamedUntilItEnds() {
        CountDownLatch answer = new CountDownLatch(1);
        try (Log log = new Log();
                Subscriber subscriber =
                        Subscriber.route(database, "", stream -> stream.process(exchange -> answer.await()))) {
            subscriber.awaitStreaming();
            database.execute("insert into example values (1)");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(subscriber.status().awaited())
                            .contains("the delivery of changes of public.example"));

            assertThat(subscriber.status().state()).isEqualTo(StreamState.STREAMING);
            assertThat(log.lines("still waiting for the route "))
                    .singleElement()
                    .asString()
                    .contains("WARN", "public.example (commit ", "since ");
            answer.countDown();
            await().untilAsserted(() -> assertThat(log.lines("the delivery of public.example has ended after "))
                    .hasSize(1));
            assertThat(subscriber.status().awaited()).isNull();
        } finally {
            answer.countDown();
        }
    }

    @Test
    void aChunkThatHangsIsNamedToo() {
        database.execute("insert into example values (1)");
        CountDownLatch answer = new CountDownLatch(1);
        try (Subscriber subscriber =
                Subscriber.importing(database, Subscriber.nameFor(database), "", "", exchange -> answer.await())) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(subscriber.status().awaited())
                            .contains("the delivery of imported rows of public.example"));
            answer.countDown();
            await().untilAsserted(
                            () -> assertThat(subscriber.status().awaited()).isNull());
        } finally {
            answer.countDown();
        }
    }
}
