package org.pg2sink.component;

import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.pg2sink.stream.DeliveryFigures;
import org.pg2sink.stream.StreamStatus;

/**
 * Publishes the figures of a stream if the application has Micrometer. Asks that before {@link StreamMetrics} is loaded, which
 * Java cannot verify without the types of Micrometer.
 */
final class OptionalMetrics {

    private static final String REGISTRY_CLASS = "io.micrometer.core.instrument.MeterRegistry";

    private OptionalMetrics() {}

    /** Registers the meters in the context's registry; returns null if there is no registry. */
    static AutoCloseable register(
            CamelContext context, String subscription, Supplier<StreamStatus> status, DeliveryFigures figures) {
        return context.getClassResolver().resolveClass(REGISTRY_CLASS) == null
                ? null
                : StreamMetrics.register(context, subscription, status, figures);
    }
}
