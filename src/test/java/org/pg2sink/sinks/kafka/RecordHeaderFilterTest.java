package org.pg2sink.sinks.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordHeaderFilterTest {

    private final RecordHeaderFilter filter = new RecordHeaderFilter();

    @ParameterizedTest
    @ValueSource(strings = {"kafka.KEY", "kafka.OVERRIDE_TOPIC", "CamelKafkaKey", "CamelKafkaOverrideTopic"})
    void whatTellsTheEndpointSomethingIsKeptBack(String header) {
        assertThat(filter.applyFilterToCamelHeaders(header, "value", null)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pg2sink.schemaFingerprint", "__debezium.newkey"})
    void whatSaysSomethingOfTheChangeBecomesAHeader(String header) {
        assertThat(filter.applyFilterToCamelHeaders(header, "value", null)).isFalse();
    }
}
