package org.pg2sink.component;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import org.apache.camel.CamelContext;

/**
 * Publishes the status of the stream in Micrometer, if the application has it: {@code pg2sink.streaming} (1 or 0),
 * {@code pg2sink.lag}
 * (bytes), {@code pg2sink.unfinished} (exchanges) and {@code pg2sink.failures}, tagged with the subscription. No other
 * class names Micrometer, which is optional.
 */
final class StreamMetrics implements AutoCloseable {

    private static final String REGISTRY_CLASS = "io.micrometer.core.instrument.MeterRegistry";

    private final MeterRegistry registry;
    private final List<Meter> meters;

    private StreamMetrics(MeterRegistry registry, Pg2sinkConsumer consumer) {
        this.registry = registry;
        Tags tags = Tags.of("subscription", consumer.getEndpoint().getName());
        this.meters = List.of(
                Gauge.builder(
                                "pg2sink.streaming",
                                consumer,
                                it -> it.status().state().delivers() ? 1 : 0)
                        .description("Whether changes are being streamed")
                        .tags(tags)
                        .register(registry),
                Gauge.builder("pg2sink.lag", consumer, it -> it.status().lagBytes())
                        .description("How much WAL the server has that is not confirmed")
                        .baseUnit("bytes")
                        .tags(tags)
                        .register(registry),
                Gauge.builder("pg2sink.unfinished", consumer, it -> it.status().unfinished())
                        .description("How many exchanges are unfinished")
                        .tags(tags)
                        .register(registry),
                FunctionCounter.builder(
                                "pg2sink.failures", consumer, it -> it.status().failures())
                        .description("How often the stream failed")
                        .tags(tags)
                        .register(registry));
    }

    /** Registers the meters of {@code consumer} in the context's registry; returns null if there is no registry. */
    static AutoCloseable register(CamelContext context, Pg2sinkConsumer consumer) {
        if (context.getClassResolver().resolveClass(REGISTRY_CLASS) == null) {
            return null;
        }
        MeterRegistry registry = context.getRegistry().findSingleByType(MeterRegistry.class);
        return registry == null ? null : new StreamMetrics(registry, consumer);
    }

    @Override
    public void close() {
        meters.forEach(registry::remove);
    }
}
