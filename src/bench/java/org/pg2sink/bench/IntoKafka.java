package org.pg2sink.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.pg2sink.KafkaServer;
import org.pg2sink.LocalKafka;
import org.pg2sink.bench.BenchServer.Progress;

/**
 * A contender that sends to Kafka. Each run has a broker of its own in this JVM, whose CPU is nobody's.
 *
 * @param topic the topic that the contender makes of the table of the workload
 * @param sender what sends, by the address of the broker
 */
record IntoKafka(String name, Set<Workload.Kind> kinds, String topic, Function<String, Contender> sender)
        implements Contender {

    @Override
    public Running start(BenchServer server, Backlog backlog) throws IOException {
        Path directory = Files.createTempDirectory("pg2sink-bench-kafka");
        KafkaServer broker = LocalKafka.start(directory);
        Topic.create(broker.address(), topic);
        return new Sending(sender.apply(broker.address()).start(server, backlog), broker, directory, topic);
    }

    private record Sending(Running sender, KafkaServer broker, Path directory, String topic) implements Running {

        @Override
        public ChildProcess process() {
            return sender.process();
        }

        @Override
        public boolean hasBegun() throws IOException {
            return sender.hasBegun();
        }

        @Override
        public boolean isHalfDone(Progress progress) throws IOException {
            return sender.isHalfDone(progress);
        }

        @Override
        public boolean isDone(Progress progress) throws IOException {
            return sender.isDone(progress);
        }

        /** The records of the topic. */
        @Override
        public long rows() {
            return Topic.size(broker.address(), topic);
        }

        @Override
        public void close() throws IOException, InterruptedException {
            sender.close();
            broker.close();
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
