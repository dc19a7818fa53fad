package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The endpoint of the Kafka sink without the step that names the topics, as if Camel had renamed the header. */
@Tag("slow")
class LostTopicIT {

    @TempDir
    private Path directory;

    @TempDir
    private Path data;

    @Test
    void aRecordWithoutATopicIsRefusedAndNotConfirmed() throws Exception {
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table example (id bigserial primary key, msg text)");
        try (KafkaServer broker = TestServers.get().startKafka(data)) {
            Installation installation = new Installation(directory, database)
                    .set("pg2sink.sinks", "direct:kafka")
                    .set("pg2sink.kafka.brokers", broker.address());
            Files.writeString(
                    directory.resolve("routes/kafka.camel.yaml"),
                    FittedFiles.asRoute("kafka").replaceFirst("(?s)        - process:.*?(?=        - to:)", ""));
            try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
                database.execute("insert into example (msg) values ('lost its header')");
                String end = database.value("select pg_current_wal_insert_lsn()");
                process.awaitLog("The route failed to deliver a change");
                assertThat(process.log()).contains("every-record-names-its-own!");
                assertThat(installation.hasConfirmed(end)).isFalse();
            }
        }
    }
}
