package org.pg2sink.component;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.pg2sink.stream.StreamStatus;

/**
 * Tells readiness: UP while the stream does its work, or stands by for another client that does; DOWN with what to do
 * otherwise. It is no reason to restart the process, which mends what can be mended by itself.
 */
final class Pg2sinkConsumerHealthCheck extends AbstractHealthCheck {

    private final Pg2sinkConsumer consumer;

    Pg2sinkConsumerHealthCheck(Pg2sinkConsumer consumer) {
        super("camel", "pg2sink-consumer-" + consumer.getRouteId());
        this.consumer = consumer;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        StreamStatus status = consumer.status();
        status.toMap().forEach(builder::detail);
        Duration maxLag =
                Duration.ofMillis(consumer.getEndpoint().getConfiguration().getMaxLag());
        List<String> problems = Readiness.problems(status, maxLag);
        if (problems.isEmpty()) {
            builder.up();
        } else {
            builder.message(String.join(" ", problems));
            builder.down();
        }
    }
}
