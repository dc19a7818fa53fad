package org.pg2sink.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.Map.Entry;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.debezium.DebeziumConstants;
import org.apache.camel.component.debezium.postgres.DebeziumPostgresComponent;
import org.apache.camel.component.debezium.postgres.configuration.PostgresConnectorEmbeddedDebeziumConfiguration;
import org.apache.camel.main.Main;
import org.apache.camel.support.PropertyBindingSupport;

/** Camel's {@code debezium-postgres} as a route that counts. The clock starts with its first exchange. */
final class CamelDebeziumCounter {

    private CamelDebeziumCounter() {}

    public static void main(String[] arguments) throws Exception {
        CountingMain counter = new CountingMain(arguments);
        Main main = new Main();
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                getContext().addComponent("debezium-postgres", component(counter));
                from("debezium-postgres:bench").process(exchange -> {
                    counter.begin();
                    if (counter.isLive()) {
                        counter.arrived(committed(exchange));
                    }
                    counter.count(1);
                });
            }

            private DebeziumPostgresComponent component(CountingMain counter) {
                PostgresConnectorEmbeddedDebeziumConfiguration configuration =
                        new PostgresConnectorEmbeddedDebeziumConfiguration();
                Map<String, Object> options = new HashMap<>();
                options.put("name", "bench");
                options.put("offsetStorage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
                options.put("snapshotMode", "no_data");
                for (Entry<String, String> option :
                        DebeziumOptions.of(counter.port()).entrySet()) {
                    options.put(camelCase(option.getKey()), option.getValue());
                }
                PropertyBindingSupport.build()
                        .withCamelContext(getContext())
                        .withTarget(configuration)
                        .withProperties(options)
                        .bind();
                DebeziumPostgresComponent component = new DebeziumPostgresComponent(getContext());
                component.setConfiguration(configuration);
                return component;
            }
        });
        main.run();
    }

    private static long committed(Exchange exchange) {
        return (long) exchange.getMessage()
                .getHeader(DebeziumConstants.HEADER_SOURCE_METADATA, Map.class)
                .get("ts_us");
    }

    /** The names of the component's options are those of Debezium, but for the dots. */
    private static String camelCase(String name) {
        StringBuilder camelCase = new StringBuilder();
        for (String part : name.split("\\.")) {
            camelCase.append(camelCase.isEmpty() ? part : Character.toUpperCase(part.charAt(0)) + part.substring(1));
        }
        return camelCase.toString();
    }
}
