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
        return figures().stream().map(Pg2sinkDevConsole::line).collect(Collectors.joining());
    }

    /** Returns {@code shop: STREAMING since 2026-11-28T09:30:00Z, confirmedLsn 16/B374D848, …}. */
    private static String line(Map<String, Object> figures) {
        return figures.remove("subscription") + ": " + figures.remove("state") + " since " + figures.remove("since")
                + figures.entrySet().stream()
                        .map(figure -> ", " + figure.getKey() + " " + figure.getValue())
                        .collect(Collectors.joining("", "", System.lineSeparator()));
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
