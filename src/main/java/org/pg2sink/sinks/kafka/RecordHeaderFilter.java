package org.pg2sink.sinks.kafka;

import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/**
 * Keeps back the headers by which a message tells Camel's {@code kafka:} endpoint the key of its record and the like. All
 * others become headers of the record. Camel's own filter does the same, but asks so much of each header that the sink would
 * be an eighth slower.
 */
public class RecordHeaderFilter implements HeaderFilterStrategy {

    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        return name.startsWith("Camel") || name.startsWith("kafka.");
    }

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        return true; // nothing is read from Kafka
    }
}
