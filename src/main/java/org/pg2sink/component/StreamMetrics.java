package org.pg2sink.component;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.pg2sink.changelog.EntryTally;
import org.pg2sink.stream.DeliveryFigures;
import org.pg2sink.stream.StreamStatus;

/**
 * Publishes the figures of a stream in Micrometer, if the application has it, tagged with the subscription. No other class names
 * Micrometer, which is optional.
 */
final class StreamMetrics implements AutoCloseable {

    private static final double[] BATCH_BUCKETS = {1, 10, 100, 1_000, 10_000, 100_000};
    private static final Duration[] DELIVERY_BUCKETS =
            millis(1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 30_000, 60_000, 300_000);
    private static final Duration[] LATENCY_BUCKETS =
            millis(10, 50, 100, 500, 1_000, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000);

    private final MeterRegistry registry;
    private final Tags tags;
    /** Referenced here because Micrometer does not keep it from being collected. */
    private final Supplier<StreamStatus> status;

    private final List<Meter> meters = new CopyOnWriteArrayList<>();

    StreamMetrics(MeterRegistry registry, String subscription, Supplier<StreamStatus> status, DeliveryFigures figures) {
        this.registry = registry;
        this.tags = Tags.of("subscription", subscription);
        this.status = status;
        StreamMetric.all().forEach(this::register);
        measure(figures);
        figures.entries().listen(this::register);
    }

    /** Registers the meters in the context's registry; returns null if there is no registry. */
    static AutoCloseable register(
            CamelContext context, String subscription, Supplier<StreamStatus> status, DeliveryFigures figures) {
        MeterRegistry registry = context.getRegistry().findSingleByType(MeterRegistry.class);
        return registry == null ? null : new StreamMetrics(registry, subscription, status, figures);
    }

    private void register(StreamMetric metric) {
        Tags all = metric.label() == null ? tags : tags.and(metric.label(), metric.labelValue());
        meters.add(
                metric.counter()
                        ? FunctionCounter.builder(metric.name(), status, it -> metric.value()
                                        .applyAsDouble(it.get()))
                                .description(metric.description())
                                .baseUnit(metric.unit())
                                .tags(all)
                                .register(registry)
                        : Gauge.builder(metric.name(), status, it -> metric.value()
                                        .applyAsDouble(it.get()))
                                .description(metric.description())
                                .baseUnit(metric.unit())
                                .tags(all)
                                .register(registry));
    }

    private void measure(DeliveryFigures figures) {
        DistributionSummary batch = DistributionSummary.builder("pg2sink.batch.entries")
                .description("Entries of a batch that was delivered")
                .serviceLevelObjectives(BATCH_BUCKETS)
                .tags(tags)
                .register(registry);
        Timer delivery = Timer.builder("pg2sink.delivery")
                .description("Time from when the route got a batch until the batch was delivered")
                .serviceLevelObjectives(DELIVERY_BUCKETS)
                .tags(tags)
                .register(registry);
        Timer latency = Timer.builder("pg2sink.latency")
                .description("Time from the commit of the first change of a batch until the batch was delivered")
                .serviceLevelObjectives(LATENCY_BUCKETS)
                .tags(tags)
                .register(registry);
        meters.addAll(List.of(batch, delivery, latency));
        figures.listen((entries, deliveryNanos, latencyMillis) -> {
            batch.record(entries);
            delivery.record(deliveryNanos, TimeUnit.NANOSECONDS);
            latency.record(latencyMillis, TimeUnit.MILLISECONDS);
        });
    }

    private void register(EntryTally.Count count) {
        String namespace = count.table().namespace();
        Tags all = tags.and("namespace", namespace == null ? "" : namespace)
                .and(
                        "table",
                        count.table().name(),
                        "operation",
                        count.operation().toString());
        meters.add(FunctionCounter.builder("pg2sink.entries", count, EntryTally.Count::entries)
                .description("Entries that were delivered")
                .tags(all)
                .register(registry));
        meters.add(FunctionCounter.builder("pg2sink.entry.bytes", count, EntryTally.Count::bytes)
                .description("Size of the rows that were delivered, as received")
                .baseUnit("bytes")
                .tags(all)
                .register(registry));
    }

    private static Duration[] millis(long... millis) {
        return Arrays.stream(millis).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }

    @Override
    public void close() {
        meters.forEach(registry::remove);
    }
}
