package org.pg2sink.bench;

import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/** Camel's {@code pg-replication-slot} as a route that counts, as greedy as it can be set; it decodes nothing. */
final class CamelSlotCounter {

    private CamelSlotCounter() {}

    public static void main(String[] arguments) throws Exception {
        CountingMain counter = new CountingMain(arguments);
        Main main = new Main();
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("pg-replication-slot:localhost:" + counter.port() + "/postgres/" + BenchServer.NAME + ":pgoutput"
                                + "?user=postgres&password=none&autoCreateSlot=false&greedy=true&delay=1"
                                + "&slotOptions.proto_version=1&slotOptions.publication_names=" + BenchServer.NAME)
                        .process(exchange -> {
                            counter.begin();
                            byte kind = exchange.getMessage().getBody(byte[].class)[0];
                            if (kind == 'I' || kind == 'U' || kind == 'D') {
                                counter.count(1);
                            }
                        });
            }
        });
        main.run();
    }
}
