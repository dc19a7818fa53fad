package org.pg2sink;

import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** A Kafka broker in a container, of the image {@code apache/kafka} or one that is used as it is. */
final class ContainerKafka implements KafkaServer {

    private final KafkaContainer container;

    private ContainerKafka(String image) {
        container = new KafkaContainer(DockerImageName.parse(image).asCompatibleSubstituteFor("apache/kafka"));
        LoopbackPort.bind(container, 9092);
    }

    static ContainerKafka start(String image) {
        ContainerKafka kafka = new ContainerKafka(image);
        kafka.container.start();
        return kafka;
    }

    @Override
    public String address() {
        return container.getBootstrapServers();
    }

    @Override
    public void stop() {
        container.getDockerClient().stopContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void start() {
        container
                .getDockerClient()
                .startContainerCmd(container.getContainerId())
                .exec();
    }

    @Override
    public void close() {
        container.stop();
    }
}
