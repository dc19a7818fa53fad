package org.pg2sink.component;

import java.util.Map;
import java.util.Optional;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Tells liveness: DOWN if a thread of the stream has died or does not move, which only a restart of the process mends. A sink
 * or server that fails does not count, since a restart would not help.
 */
final class Pg2sinkLivenessCheck extends AbstractHealthCheck {

    private final Pg2sinkConsumer consumer;

    Pg2sinkLivenessCheck(Pg2sinkConsumer consumer) {
        super("camel", "pg2sink-liveness-" + consumer.getRouteId());
        this.consumer = consumer;
    }

    @Override
    public boolean isLiveness() {
        return true;
    }

    @Override
    public boolean isReadiness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        builder.detail("subscription", consumer.getEndpoint().getName());
        Optional<String> stuck = consumer.stuck();
        if (stuck.isPresent()) {
            builder.message(stuck.get() + " Restart the process.");
            builder.down();
        } else {
            builder.up();
        }
    }
}
