package org.pg2sink.component;

import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.pg2sink.stream.StreamStatus;

/** UP while the stream streams, or stands by for another client that does. */
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
        if (status.state().isHealthy()) {
            builder.up();
        } else {
            builder.message(status.problem() == null ? "connecting" : status.problem());
            builder.down();
        }
    }
}
