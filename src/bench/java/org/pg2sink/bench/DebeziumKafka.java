package org.pg2sink.bench;

import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.format.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Debezium's engine, whose records go to Kafka as Debezium Server sends them: a batch is sent as a whole, and processed when
 * all of it is acknowledged. A row has arrived when its record is acknowledged. The producer is set as that of pg2sink's route.
 */
final class DebeziumKafka {

    private DebeziumKafka() {}

    public static void main(String[] arguments) throws Exception {
        CountingMain counter = new CountingMain(arguments);
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings(arguments[2]));
                DebeziumEngine<ChangeEvent<String, String>> engine = DebeziumEngine.create(Json.class)
                        .using(DebeziumOptions.streaming(counter.port()))
                        .notifying(
                                (List<ChangeEvent<String, String>> events,
                                        DebeziumEngine.RecordCommitter<ChangeEvent<String, String>> committer) -> {
                                    counter.begin();
                                    send(producer, events, counter);
                                    for (ChangeEvent<String, String> event : events) {
                                        committer.markProcessed(event);
                                    }
                                    committer.markBatchFinished();
                                    counter.count(events.size());
                                })
                        .build()) {
            engine.run();
            CountingMain.sleep();
        }
    }

    private static void send(
            KafkaProducer<String, String> producer, List<ChangeEvent<String, String>> events, CountingMain counter) {
        AtomicReference<Exception> failure = new AtomicReference<>();
        for (ChangeEvent<String, String> event : events) {
            producer.send(new ProducerRecord<>(event.destination(), event.key(), event.value()), (sent, problem) -> {
                if (problem != null) {
                    failure.set(problem);
                } else if (counter.isLive()) {
                    counter.arrived(DebeziumOptions.committed(event.value()));
                }
            });
        }
        producer.flush();
        if (failure.get() != null) {
            throw new IllegalStateException(failure.get());
        }
    }

    /** What the Kamelet of the Kafka sink sets; Camel does not linger by default. */
    private static Map<String, Object> settings(String brokers) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 16_777_216);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 131_072);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        return settings;
    }
}
