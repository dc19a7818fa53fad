package org.pg2sink.component;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.spi.annotations.DevConsole;
import org.apache.camel.support.console.AbstractDevConsole;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;

/** Shows how the streams of the context are doing. */
@DevConsole(name = "pg2sink", displayName = "pg2sink", description = "Subscriptions and how their streams are doing")
public class Pg2sinkDevConsole extends AbstractDevConsole {

    public Pg2sinkDevConsole() {
        super("camel", "pg2sink", "pg2sink", "Subscriptions and how their streams are doing");
    }

    @Override
    protected String doCallText(Map<String, Object> options) {
        return consumers().stream()
                .map(consumer -> String.format(
                        "%s: %s since %s, confirmed %s, %d bytes behind, %d failures%s%n",
                        consumer.getEndpoint().getName(),
                        consumer.getStreamState(),
                        consumer.status().since(),
                        consumer.getConfirmedLsn(),
                        consumer.getLagBytes(),
                        consumer.getFailures(),
                        consumer.getProblem() == null ? "" : ": " + consumer.getProblem()))
                .collect(Collectors.joining());
    }

    @Override
    protected JsonObject doCallJson(Map<String, Object> options) {
        JsonArray subscriptions = new JsonArray();
        for (Pg2sinkConsumer consumer : consumers()) {
            JsonObject subscription = new JsonObject();
            subscription.put("subscription", consumer.getEndpoint().getName());
            subscription.put("routeId", consumer.getRouteId());
            subscription.put("state", consumer.getStreamState());
            subscription.put("since", consumer.status().since().toString());
            subscription.put("problem", consumer.getProblem());
            subscription.put("confirmedLsn", consumer.getConfirmedLsn());
            subscription.put("lagBytes", consumer.getLagBytes());
            subscription.put("failures", consumer.getFailures());
            subscriptions.add(subscription);
        }
        JsonObject root = new JsonObject();
        root.put("subscriptions", subscriptions);
        return root;
    }

    private List<Pg2sinkConsumer> consumers() {
        return getCamelContext().getRoutes().stream()
                .map(route -> route.getConsumer())
                .filter(Pg2sinkConsumer.class::isInstance)
                .map(Pg2sinkConsumer.class::cast)
                .toList();
    }
}
