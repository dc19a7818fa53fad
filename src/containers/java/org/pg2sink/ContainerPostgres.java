package org.pg2sink;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/** A PostgreSQL in a container, of the image {@code postgres} or one that is used as it is. */
final class ContainerPostgres implements PostgresServer {

    /** Read anew at each start: the command of a container cannot be changed. */
    private static final String OPTIONS = "/tmp/postgres-options";

    private final GenericContainer<?> container;
    private final LoopbackPort port;

    private ContainerPostgres(String image) {
        container = new GenericContainer<>(DockerImageName.parse(image))
                .withEnv("POSTGRES_HOST_AUTH_METHOD", "trust")
                // what the image adds to pg_hba.conf is not about physical replication
                .withCopyToContainer(
                        Transferable.of("echo host replication all all trust >> \"$PGDATA/pg_hba.conf\"\n"),
                        "/docker-entrypoint-initdb.d/replication.sh")
                .withCommand("sh", "-c", "exec docker-entrypoint.sh postgres $(cat " + OPTIONS + ")")
                .waitingFor(new AbstractWaitStrategy() {
                    @Override
                    protected void waitUntilReady() {
                        awaitConnection();
                    }
                });
        port = LoopbackPort.bind(container, 5432);
    }

    static ContainerPostgres start(String image, Map<String, String> settings) {
        ContainerPostgres postgres = new ContainerPostgres(image);
        postgres.container.withCopyToContainer(options(settings), OPTIONS);
        postgres.container.start();
        return postgres;
    }

    /** fsync is off, since no data have to outlive the machine. */
    private static Transferable options(Map<String, String> settings) {
        String options =
                settings.entrySet().stream().map(Map.Entry::toString).collect(Collectors.joining(" -c ", "-c ", ""));
        return Transferable.of(options + " -c fsync=off", 0644);
    }

    /** The server that runs while the database is being made is on a socket only, so it is not taken for the real one. */
    private void awaitConnection() {
        await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
            new TestDatabase("jdbc:postgresql://localhost:" + port() + "/postgres?user=postgres").query("select 1");
            return true;
        });
    }

    @Override
    public int port() {
        return port.number();
    }

    @Override
    public void stop() {
        container.getDockerClient().stopContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void startAgain(Map<String, String> settings) {
        container.copyFileToContainer(options(settings), OPTIONS);
        container
                .getDockerClient()
                .startContainerCmd(container.getContainerId())
                .exec();
        awaitConnection();
    }

    @Override
    public void close() {
        container.stop();
    }
}
