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
        return figures().stream()
                .map(figures -> figures.entrySet().stream()
                        .map(figure -> figure.getKey() + ": " + figure.getValue())
                        .collect(Collectors.joining("\n    ", "", "\n")))
                .collect(Collectors.joining());
    }

    @Override
    protected JsonObject doCallJson(Map<String, Object> options) {
        JsonArray subscriptions = new JsonArray();
        figures().forEach(figures -> subscriptions.add(new JsonObject(figures)));
        JsonObject root = new JsonObject();
        root.put("subscriptions", subscriptions);
        return root;
    }

    private List<Map<String, Object>> figures() {
        return getCamelContext().getRoutes().stream()
                .map(route -> route.getConsumer())
                .filter(Pg2sinkConsumer.class::isInstance)
                .map(Pg2sinkConsumer.class::cast)
                .map(consumer -> {
                    Map<String, Object> figures = consumer.status().toMap();
                    figures.put("routeId", consumer.getRouteId());
                    return figures;
                })
                .toList();
    }
}
