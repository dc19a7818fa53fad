import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;

/**
 * Writes what Spring Boot's editors know of {@code camel.component.pg2sink.*}, from the catalog of the component. The build
 * runs this file as it is; it is no part of the jar.
 */
final class SpringMetadata {

    private static final String GROUP = "camel.component.pg2sink";

    private SpringMetadata() {}

    /** Reads the catalog that the first argument names, and writes the file that the second one names. */
    public static void main(String[] arguments) throws Exception {
        JsonObject catalog = (JsonObject) Jsoner.deserialize(Files.readString(Path.of(arguments[0])));
        write(Path.of(arguments[1]), metadata(catalog));
    }

    private static void write(Path file, JsonObject metadata) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, Jsoner.prettyPrint(metadata.toJson()) + "\n");
    }

    private static JsonObject metadata(JsonObject catalog) {
        JsonObject component = (JsonObject) catalog.get("component");
        JsonArray properties = new JsonArray();
        JsonArray hints = new JsonArray();
        for (Map.Entry<String, Object> option : ((JsonObject) catalog.get("componentProperties")).entrySet()) {
            JsonObject described = (JsonObject) option.getValue();
            String name = GROUP + "." + kebabCase(option.getKey());
            properties.add(property(name, described, component));
            if (described.get("enum") instanceof JsonArray values) {
                hints.add(hint(name, values));
            }
        }
        JsonObject group = new JsonObject();
        group.put("name", GROUP);
        group.put("type", component.getString("javaType"));
        group.put("description", component.getString("description"));
        JsonArray groups = new JsonArray();
        groups.add(group);

        JsonObject metadata = new JsonObject();
        metadata.put("groups", groups);
        metadata.put("properties", properties);
        metadata.put("hints", hints);
        return metadata;
    }

    private static JsonObject property(String name, JsonObject option, JsonObject component) {
        JsonObject property = new JsonObject();
        property.put("name", name);
        property.put("type", type(option));
        property.put("description", option.getString("description"));
        property.put("sourceType", component.getString("javaType"));
        if (option.containsKey("defaultValue")) {
            property.put("defaultValue", option.get("defaultValue"));
        }
        if (option.getBoolean("deprecated")) {
            property.put("deprecation", new JsonObject());
        }
        return property;
    }

    /** Returns the type that an editor checks a value by. Durations are texts, since Camel's form, 1m30s, is not Spring's. */
    private static String type(JsonObject option) {
        return switch (option.getString("type")) {
            case "boolean" -> "java.lang.Boolean";
            case "integer" -> option.getString("javaType").equals("long") ? "java.lang.Long" : "java.lang.Integer";
            case "object" -> option.getString("javaType");
            default -> "java.lang.String";
        };
    }

    private static JsonObject hint(String name, JsonArray values) {
        JsonArray choices = new JsonArray();
        for (Object value : values) {
            JsonObject choice = new JsonObject();
            choice.put("value", value);
            choices.add(choice);
        }
        JsonObject hint = new JsonObject();
        hint.put("name", name);
        hint.put("values", choices);
        return hint;
    }

    private static String kebabCase(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }
}
