package org.pg2sink;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.util.json.JsonObject;

/** Renders the tables of the component's page from the catalog that Camel's plugin writes, as on Camel's own site. */
final class ComponentPage {

    private static final String OPTIONS =
            "[width=\"100%\",cols=\"2,5,1,1\",options=\"header\"]\n|===\n" + "| Name | Description | Default | Type\n";
    private static final String HEADERS =
            "[width=\"100%\",cols=\"2,5,1\",options=\"header\"]\n|===\n| Name | Description | Type\n";
    private static final String END = "|===\n";

    private final JsonObject catalog;

    ComponentPage(JsonObject catalog) {
        this.catalog = catalog;
    }

    /** By the comment after which it stands in the page: each table. */
    Map<String, String> tables() {
        return Map.of(
                "// component options", OPTIONS + rows("componentProperties", null) + END,
                "// path parameters", OPTIONS + rows("properties", "path") + END,
                "// query parameters", OPTIONS + rows("properties", "parameter") + END,
                "// headers", HEADERS + headers() + END);
    }

    private String rows(String group, String kind) {
        return entries(group)
                .filter(option -> kind == null || kind.equals(option.getValue().getString("kind")))
                .map(option -> "| *" + option.getKey() + "* (" + label(option.getValue()) + ") | "
                        + (Boolean.TRUE.equals(option.getValue().getBoolean("required")) ? "*Required* " : "")
                        + description(option.getValue()) + " | "
                        + option.getValue().getStringOrDefault("defaultValue", "") + " | "
                        + type(option.getValue()) + "\n")
                .collect(Collectors.joining());
    }

    private String headers() {
        return entries("headers")
                .map(header -> {
                    String constant = header.getValue().getString("constantName");
                    return "| *" + header.getKey() + "* (" + label(header.getValue()) + ") +\nConstant: `"
                            + constant.substring(constant.indexOf('#') + 1) + "` | " + description(header.getValue())
                            + " | " + type(header.getValue()) + "\n";
                })
                .collect(Collectors.joining());
    }

    private Stream<Map.Entry<String, JsonObject>> entries(String group) {
        return catalog.getMap(group).entrySet().stream()
                .map(entry -> Map.entry((String) entry.getKey(), (JsonObject) entry.getValue()));
    }

    private static String label(JsonObject option) {
        String label = option.getStringOrDefault("label", "common");
        return label.isEmpty() ? "common" : label.replaceFirst(",(.*)", " ($1)");
    }

    private static String description(JsonObject option) {
        String values = option.containsKey("enum")
                ? " One of: "
                        + option.getCollection("enum").stream()
                                .map(value -> "`" + value + "`")
                                .collect(Collectors.joining(", "))
                        + "."
                : "";
        return option.getString("description") + values;
    }

    private static String type(JsonObject option) {
        String type = option.getString("javaType");
        return switch (option.getStringOrDefault("type", "")) {
            case "enum" -> "enum";
            case "duration" -> "duration";
            default -> type.substring(type.lastIndexOf('.') + 1);
        };
    }
}
