package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.file.cluster.FileLockClusterService;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;

/** Behind Camel's {@code master:}, which starts a consumer of its own that no route knows. */
class MasterIT {

    @TempDir
    private Path directory;

    @Test
    void eachSubscriptionHasHealthChecksUnderItsOwnName() throws Exception {
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table a (id int primary key)", "create table b (id int primary key)");
        String name = Subscriber.nameFor(database);
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            FileLockClusterService members = new FileLockClusterService();
            members.setRoot(directory.toString());
            context.addService(members);
            context.getComponent("pg2sink", Pg2sinkComponent.class)
                    .getConfiguration()
                    .setUrl(database.url());
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    for (String table : List.of("a", "b")) {
                        from("master:" + table + ":pg2sink:" + name + "_" + table + "?tables=" + table)
                                .process(exchange -> {});
                    }
                }
            });
            context.start();

            await().atMost(Subscriber.PATIENCE).untilAsserted(() -> {
                for (String table : List.of("a", "b")) {
                    assertThat(up(context, "pg2sink-liveness-" + name + "_" + table))
                            .isTrue();
                    assertThat(up(context, "pg2sink-consumer-" + name + "_" + table))
                            .isTrue();
                }
            });
            context.getRouteController().stopAllRoutes();
            assertThat(HealthCheckHelper.getHealthCheckRegistry(context).stream()
                            .map(HealthCheck::getId))
                    .noneMatch(id -> id.startsWith("pg2sink-"));
        }
    }

    private static boolean up(DefaultCamelContext context, String id) {
        return HealthCheckHelper.getHealthCheckRegistry(context)
                .getCheck(id)
                .filter(check -> check.call().getState() == HealthCheck.State.UP)
                .isPresent();
    }
}
