package org.pg2sink;

import java.net.URI;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** An S3-compatible store in a container, of the image {@code andrewgaul/s3proxy} or one that is used as it is. */
final class ContainerS3 implements S3Store {

    private final GenericContainer<?> container;
    private final LoopbackPort port;

    private ContainerS3(String image) {
        container = new GenericContainer<>(DockerImageName.parse(image))
                .withEnv("S3PROXY_IDENTITY", ACCESS_KEY)
                .withEnv("S3PROXY_CREDENTIAL", SECRET_KEY)
                .withExposedPorts(80)
                .waitingFor(Wait.forHttp("/healthz").forPort(80));
        port = LoopbackPort.bind(container, 80);
    }

    static ContainerS3 start(String image) {
        ContainerS3 s3 = new ContainerS3(image);
        s3.container.start();
        return s3;
    }

    @Override
    public URI endpoint() {
        return URI.create("http://localhost:" + port.number());
    }

    @Override
    public void close() {
        container.stop();
    }
}
